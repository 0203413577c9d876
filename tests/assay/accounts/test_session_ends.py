"""Where a session that was not used for long leads, which requests count as use, and what ends it besides time."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from assay.accounts.models import AuditEvent, User
from tests import builders

LATER = timedelta(minutes=61)
SIGN_IN = reverse("account_login")


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(client, researcher, clock, settings):
    settings.SESSION_IDLE_MINUTES = 60
    client.force_login(researcher)
    client.get("/account/")
    return client


@pytest.mark.parametrize(
    ("method", "address", "leads_to"),
    [
        ("get", "/studies/", "/studies/"),
        ("post", "/studies/", "/"),
        ("get", "/accounts/password/change/", "/"),
    ],
)
def test_signing_in_leads_back_to_a_page_that_was_looked_at_and_to_nothing_that_was_sent(
    desk, clock, method, address, leads_to
):
    clock.shift(LATER)
    assert getattr(desk, method)(address).headers["Location"] == f"{SIGN_IN}?next={leads_to}"


def test_an_hour_to_the_second_is_not_too_long(desk, clock):
    clock.shift(timedelta(minutes=60))
    assert desk.get("/account/").status_code == 200


def test_what_a_page_sends_by_itself_is_use_and_what_it_asks_is_not(desk, clock):
    quiet = {"Sec-Fetch-Dest": "empty"}
    clock.shift(timedelta(minutes=40))
    desk.post("/studies/", headers=quiet)  # somebody pressed something
    clock.shift(timedelta(minutes=40))
    assert desk.get("/account/", headers=quiet).status_code == 200
    clock.shift(timedelta(minutes=40))
    assert desk.get("/account/").headers["Location"].startswith(SIGN_IN)


def test_a_call_of_the_api_ends_no_session_and_prolongs_none(desk, clock):
    clock.shift(LATER)
    desk.get("/api/v1/studies")
    assert Session.objects.count() == 1 and not AuditEvent.objects.exists()
    assert desk.get("/account/").headers["Location"].startswith(SIGN_IN)


def test_whoever_is_shut_out_is_out_of_their_session_at_once(desk):
    User.objects.update(is_active=False)
    assert desk.get("/account/").status_code == 302


def test_a_session_beyond_its_date_is_nobodys(desk):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert desk.get("/account/").status_code == 302


def test_ending_all_others_where_there_are_none_ends_nothing_and_is_not_on_record(desk):
    answer = desk.post(reverse("own_sessions"), {"session": "others"})
    assert answer.status_code == 302 and desk.get("/account/").status_code == 200
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("which", ["", "0", "all"])
def test_a_session_that_is_none_is_not_found(desk, which):
    assert desk.post(reverse("own_sessions"), {"session": which}).status_code == 404


def test_the_session_used_last_stands_first(client, researcher, clock):
    names = {"Firefox/140.0 Linux": "Firefox · Linux", "Chrome/138.0 Windows": "Chrome · Windows"}
    for user_agent in names:
        clock.shift(timedelta(hours=1))
        client.cookies.clear()
        client.post(
            SIGN_IN, {"login": "rosa", "password": builders.PASSWORD}, headers={"User-Agent": user_agent}
        )
    rows = client.get(reverse("own_sessions"), headers={"User-Agent": user_agent}).context["rows"]
    assert [row["browser"] for row in rows] == [*reversed(names.values())]
    assert UserSession.objects.count() == 2
