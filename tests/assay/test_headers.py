"""The whole set of headers on every kind of answer, and production settings that pass every check."""

import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from assay.api.scopes import SCOPES
from assay.api.tokens import make_token
from tests.assay.headers import holds_all
from tests.processes import ROOT

PUBLIC = [
    "/",
    "/accounts/login/",
    "/no/such/page/",
    "/rate/",
    "/admin/login/",
    "/api/",
    "/api/v1/openapi.json",
]
PUBLIC += ["/api/v1/studies", "/api/v1/nothing", "/studies", "/join/x/", "/static/admin/css/base.css"]
OURS = [
    "/studies/",
    "/studies/autumn/",
    "/prompts/set-of-autumn@1.csv",
    "/prompts/set-of-autumn@1.jsonl",
    "/account/",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_every_answer_to_nobody_carries_them(client, db, address):
    holds_all(client.get(address))


@pytest.mark.parametrize("address", OURS)
def test_every_page_and_download_carries_them(client, study, researcher, address):
    client.force_login(researcher)
    answer = client.get(address)
    assert answer.status_code == 200
    holds_all(answer)


def test_answers_of_the_api_carry_them_too(client, study, researcher):
    secret = make_token(researcher, "t", list(SCOPES), 1, None).secret
    holds_all(client.get("/api/v1/studies", headers={"Authorization": f"Bearer {secret}"}))


def test_static_files_carry_them(client, db, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.WHITENOISE_AUTOREFRESH, settings.WHITENOISE_USE_FINDERS = True, True
    answer = type(client)().get("/static/assay/base.css")
    assert answer.status_code == 200
    holds_all(answer)


@pytest.mark.parametrize(("method", "status"), [("get", 500), ("post", 403)])
def test_error_pages_carry_them(client, study, researcher, monkeypatch, method, status):
    def broken(*_):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("assay.dashboards.studies.views.running_of", broken)
    strict = type(client)(raise_request_exception=False, enforce_csrf_checks=True)
    strict.force_login(researcher)
    answer = getattr(strict, method)("/studies/autumn/" if method == "get" else "/studies/autumn/open/")
    assert answer.status_code == status and "Traceback" not in answer.text
    holds_all(answer)


PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "k9" * 20 + "-not-of-any-site-ABCDEFG",
    "ALLOWED_HOSTS": "assay.example.org",
}


def in_production(*arguments: str) -> subprocess.CompletedProcess[str]:
    ours = {
        name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"
    }  # of the tests
    environment = {**ours, **PRODUCTION}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_production_settings_pass_every_deployment_check_with_nothing_silenced():
    done = in_production("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_production_has_strict_cookies_https_and_a_second_factor_for_staff():
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
    names += ["SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SECURE_HSTS_SECONDS", "STAFF_MFA"]
    code = f"from django.conf import settings; print([getattr(settings, name) for name in {names}])"
    done = in_production("shell", "--no-imports", "-c", code)
    assert done.stdout.strip() == str(
        ["__Host-session", "__Host-csrf", True, True, True, "Lax", 31_536_000, True]
    )
