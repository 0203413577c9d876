"""What opens a door is never written down: secrets are planted, doors tried and broken, and the log is read."""

import json
import logging
from logging.config import dictConfig

import pytest
from django.conf import settings
from django.test import Client

from assay.operations.logs import logging_of
from raters.way_in import inviting

pytestmark = pytest.mark.django_db
PASSWORD = "planted-password-7b1"
BEARER = "assay_planted-bearer-token-90c"


@pytest.fixture(params=["json", "text"])
def logged(request):
    """Everything that the site writes at its most talkative, as the process would: `logged()` gives it."""
    dictConfig(logging_of(request.param, "DEBUG"))
    written: list[str] = []
    handler = logging.getLogger().handlers[0]
    handler.emit = lambda record: written.append(handler.format(record))
    yield lambda: "\n".join(written)
    dictConfig(settings.LOGGING)


@pytest.fixture
def broken(monkeypatch):
    """Every page of the way in breaks."""

    def breaks(*_, **__):
        raise RuntimeError("on purpose")

    monkeypatch.setattr(inviting, "invitation_of", breaks)


def test_a_page_that_breaks_is_logged_without_the_invitation_in_its_address(logged, broken, study):
    token = inviting.invite(study)
    client = Client(raise_request_exception=False)
    assert client.get(f"/rate/join/{token}/").status_code == 500
    assert "RuntimeError: on purpose" in logged().replace("\\n", "\n")
    assert token not in logged()


def test_a_password_that_was_tried_is_in_no_line(logged, researcher):
    for wrong in (PASSWORD, PASSWORD + "2"):
        assert Client().post("/accounts/login/", {"login": "rosa", "password": wrong}).status_code == 200
    assert "POST account_login" in logged()
    assert PASSWORD not in logged()


def test_a_forged_form_is_logged_without_what_it_carried(logged, researcher):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/accounts/login/", {"login": "rosa", "password": PASSWORD}).status_code == 403
    assert PASSWORD not in logged()


def test_a_token_of_the_api_is_in_no_line(logged):
    answer = Client().get("/api/v1/studies", headers={"Authorization": f"Bearer {BEARER}"})
    assert answer.status_code == 401
    assert json.loads(answer.content)["status"] == 401
    assert "GET api-1:" in logged()
    assert BEARER not in logged() + answer.text


def test_the_sites_own_key_is_in_no_line_and_no_page(logged, broken, study):
    client = Client(raise_request_exception=False)
    pages = [client.get(path).text for path in (f"/rate/join/{inviting.invite(study)}/", "/nowhere/", "/")]
    assert settings.SECRET_KEY not in logged() + "".join(pages)


def test_the_check_would_see_a_secret(logged, study):
    token = inviting.invite(study)
    logging.getLogger("assay").error("somebody opened %s", token)
    assert token in logged()
