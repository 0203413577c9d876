"""axe finds nothing on the pages around signing in, nor on those that tell of an error."""

import pytest
from django.core.cache import cache

from assay.accounts.models import User
from raters.way_in import inviting
from tests.browser.looking import look_at
from tests.browser.sign_in_pages import sign_in_pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing_on_the_pages_around_signing_in(visit, size):
    found = []
    for path, client in sign_in_pages(visit).items():
        page = visit(path, client=client, size=size)
        kept = path.startswith(("/accounts/password/reset/key/", "/accounts/2fa/webauthn/keys/"))
        assert page.url.endswith(path) or kept, f"{path} led to {page.url}"
        found += look_at(page, path, size)
    assert found == []


@pytest.fixture
def broken(monkeypatch):
    """The page of return codes breaks, as something may."""

    def fail(code: str) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(inviting, "rater_with", fail)


def not_there(visit, size):
    return visit("/no/such/page/", size=size, status=404)


def not_accepted(visit, size):
    page = visit("/rate/return/", size=size, status=403)
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').remove()")
    return sent(page)


def not_allowed(visit, size):
    root = User.objects.create_superuser("root", "root@example.org", "x")
    return visit("/admin/accounts/auditevent/add/", user=root, size=size, status=403)


def too_often(visit, size):
    return sent(sent(visit("/rate/return/", size=size, status=429)))


def sent(page):
    page.fill("main input[name=code]", "AAAA-AAAA-AAAA-AAAA")
    page.click("main button")
    return page


ERRORS = {
    "There is nothing here": not_there,
    "That was not accepted": not_accepted,
    "Too many tries": too_often,
}


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("heading", ERRORS)
def test_axe_finds_nothing_on_what_tells_of_an_error(visit, settings, heading, size):
    settings.ACCOUNT_RATE_LIMITS = {"come_back": "1/5m/ip"}
    cache.clear()  # what others sent to the page counts as well
    page = ERRORS[heading](visit, size)
    assert page.text_content("h1") == heading
    assert look_at(page, f"error {heading}", size) == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing_on_the_page_for_what_broke(visit, broken, size):
    page = sent(visit("/rate/return/", size=size, status=500))
    assert "broke on our side" in page.text_content("h1")
    assert look_at(page, "error broken", size) == []
