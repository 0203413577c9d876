"""The way in: limits that all web processes share, sessions that nobody can plant, and doors that close everywhere."""

import re
import subprocess
import sys

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from raters.way_in import inviting
from tests import builders
from tests.processes import ROOT, environment_of

WRONG = {"login": "rosa", "password": "wrong-wrong-wrong"}
RIGHT = {"login": "rosa", "password": builders.PASSWORD}
NEW = "a-newer-lantern-43"


@pytest.fixture(autouse=True)
def none_tried_before(db):
    cache.clear()
    yield
    cache.clear()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_wrong_passwords_by_two_processes_five_are_looked_at():
    builders.researcher()
    command = [sys.executable, "-m", "tests.security.signing_in", "10"]
    both = [
        subprocess.Popen(command, cwd=ROOT, env=environment_of(), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert sum(int(one.communicate(timeout=120)[0]) for one in both) == 5


def test_the_right_password_does_not_help_who_tried_too_often():
    builders.researcher()
    for _ in range(6):
        Client().post("/accounts/login/", WRONG)
    assert "Too many" in Client().post("/accounts/login/", RIGHT).text


def test_the_administration_has_no_sign_in_of_its_own(client):
    for method in (client.get, client.post):
        answer = method("/admin/login/", WRONG)
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")


def test_an_unknown_name_costs_as_much_work_as_a_known_one(monkeypatch):
    builders.researcher()
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: hashed.append(1) or encode(*given))
    work = []
    for name in ("rosa", "nobody-of-that-name"):
        hashed.clear()
        Client().post("/accounts/login/", {**WRONG, "login": name})
        work.append(len(hashed))
    assert work[0] == work[1] > 0


def test_a_forgotten_password_says_the_same_of_known_and_unknown_addresses(mailoutbox):
    builders.researcher()
    pages = [
        Client().post("/accounts/password/reset/", {"email": email}, follow=True)
        for email in ("rosa@example.org", "nobody@example.org")
    ]
    assert pages[0].redirect_chain == pages[1].redirect_chain
    bare = [re.sub(r'value="[a-zA-Z0-9]{64}"', "", page.text) for page in pages]  # without the CSRF tokens
    assert bare[0] == bare[1] and len(mailoutbox) >= 1


def test_a_new_password_by_mail_does_not_go_around_the_second_factor(mailoutbox):
    rosa = builders.researcher()
    TOTP.activate(rosa, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client = Client()
    client.post("/accounts/password/reset/", {"email": "rosa@example.org"})
    link = re.search(r"/accounts/password/reset/key/\S+", mailoutbox[0].body)[0]
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    rosa.refresh_from_db()
    assert rosa.check_password(NEW)
    for one in (client, Client()):
        one.post("/accounts/login/", {**RIGHT, "password": NEW})
        assert one.get("/studies/").status_code == 302


def planted() -> tuple[Client, str]:
    """A browser that holds a session that somebody else made."""
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    return client, session.session_key


def is_signed_in(key: str) -> bool:
    other = Client()
    other.cookies["sessionid"] = key
    return other.get("/account/").status_code == 200


@pytest.mark.parametrize("way", ["password", "link", "code"])
def test_a_planted_session_is_left_behind_at_sign_in(study, way):
    client, key = planted()
    token = inviting.invite(study, uses=1)
    code = inviting.new_return_code(builders.rater(study))
    builders.researcher()
    ways = {
        "password": ("/accounts/login/", RIGHT),
        "link": (reverse("raters:join", args=[token]), {}),
        "code": (reverse("raters:come_back"), {"code": code}),
    }
    client.post(*ways[way])
    assert client.get("/account/").status_code == 200
    assert client.session.session_key != key and not is_signed_in(key)


def test_a_new_password_signs_out_everywhere_else():
    rosa = builders.researcher()
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post("/accounts/login/", RIGHT)
        assert client.get("/studies/").status_code == 200
    changed = {"oldpassword": builders.PASSWORD, "password1": NEW, "password2": NEW}
    here.post("/accounts/password/change/", changed)
    rosa.refresh_from_db()
    assert rosa.check_password(NEW)
    assert (here.get("/studies/").status_code, elsewhere.get("/studies/").status_code) == (200, 302)


def test_who_is_shut_out_is_out_at_once_and_a_signed_out_session_is_dead():
    rosa = builders.researcher()
    client, other = Client(), Client()
    for one in (client, other):
        one.force_login(rosa)
    key = client.session.session_key
    client.post("/accounts/logout/")
    assert not is_signed_in(key) and other.get("/studies/").status_code == 200
    rosa.is_active = False
    rosa.save()
    assert other.get("/studies/").status_code == 302
