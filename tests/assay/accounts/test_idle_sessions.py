"""A session of staff that nobody uses ends, with a word at sign-in; raters' sessions go on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assay.accounts.models import AuditEvent

BY_ITSELF = {"Sec-Fetch-Dest": "empty"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(client, researcher, clock, settings):
    """A researcher's browser, just used."""
    settings.SESSION_IDLE_MINUTES = 60
    client.force_login(researcher)
    assert client.get("/studies/").status_code == 200
    return client


def test_an_unused_session_ends_with_a_word_and_leads_back(desk, clock):
    clock.shift(timedelta(minutes=61))
    answer = desk.get("/studies/?page=2", follow=True)
    assert answer.redirect_chain == [(reverse("account_login") + "?next=/studies/%3Fpage%3D2", 302)]
    assert "was not used for some time" in answer.text
    assert desk.get("/studies/").status_code == 302


def test_its_key_opens_nothing_and_the_audit_log_tells(desk, clock):
    key = desk.session.session_key
    clock.shift(timedelta(minutes=61))
    desk.post("/studies/")
    assert not Session.objects.filter(pk=key).exists()
    row = AuditEvent.objects.latest("pk")
    assert (row.actor, row.action, row.target) == (None, "session.timed_out", "rosa")


def test_whoever_works_stays(desk, clock):
    for _ in range(4):
        clock.shift(timedelta(minutes=50))
        assert desk.get("/studies/").status_code == 200


def test_a_page_that_asks_by_itself_is_no_use_and_is_refused_in_the_end(desk, clock):
    for minutes, expected in ((40, 200), (40, 401)):
        clock.shift(timedelta(minutes=minutes))
        assert desk.get("/studies/", headers=BY_ITSELF).status_code == expected
    assert "was not used for some time" in desk.get("/studies/", follow=True).text


def test_use_is_written_at_most_once_a_minute(desk, clock):
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.get("/account/")
        return sum("UPDATE" in one["sql"] and "django_session" in one["sql"] for one in seen)

    clock.shift(timedelta(seconds=59))
    assert statements() == 0
    clock.shift(timedelta(seconds=1))
    assert [statements(), statements()] == [1, 0]


def test_two_weeks_after_it_began_a_session_ends_however_much_it_is_used(desk, clock, settings):
    settings.SESSION_IDLE_MINUTES = 2 * 24 * 60
    for _ in range(14):
        clock.shift(timedelta(days=1))
        assert desk.get("/account/").status_code == 200
    clock.shift(timedelta(days=1))
    assert desk.get("/account/").status_code == 302


def test_a_raters_session_goes_on(client, rater, clock):
    client.force_login(rater.user)
    for _ in range(2):
        assert client.get("/rate/").status_code == 200
        clock.shift(timedelta(days=5))
