"""Each request has an id; what it causes in workers carries it on."""

import logging
import time
from types import SimpleNamespace

import pytest
from celery import shared_task
from django.test import Client
from django.urls import reverse

from assay.operations.tracing import hand_on, let_go, take_up
from generation.log_context import about, current
from raters.assignment import claim_next
from tests import builders

SEEN = []


@pytest.fixture
def told(caplog) -> list[dict]:
    """The ids that held when each line was written."""
    caplog.set_level(logging.INFO, "assay.requests")
    lines = []

    def note(entry: logging.LogRecord) -> bool:
        facts = {**current(), **getattr(entry, "facts", {})}
        lines.append({**facts, "text": entry.getMessage(), "level": entry.levelname})
        return True

    caplog.handler.addFilter(note)
    yield lines
    caplog.handler.removeFilter(note)


def test_each_request_has_an_id_of_its_own_and_a_line(client, db, told):
    for _ in range(2):
        client.get("/accounts/login/")
    ends = [line for line in told if line["text"] == "GET account_login"]
    assert len({line["request"] for line in ends}) == 2
    assert {line["status"] for line in ends} == {200} and all(line["ms"] > 0 for line in ends)


def test_a_request_keeps_the_id_it_brings_and_gets_it_back(client, db, told):
    answer = client.get("/accounts/login/", headers={"x-request-id": "proxy-0042"})
    assert answer["X-Request-ID"] == "proxy-0042" and told[-1]["request"] == "proxy-0042"


@pytest.mark.parametrize("brought", ["short", "x" * 65, 'quote"quote', "line\tbreak", ""])
def test_what_does_not_look_like_an_id_is_not_taken(client, db, told, brought):
    answer = client.get("/accounts/login/", headers={"x-request-id": brought})
    assert "X-Request-ID" not in answer and told[-1]["request"] != brought


def test_no_line_names_an_address_that_may_hold_a_token(client, db, told):
    client.get("/join/a-secret-of-somebody/")
    client.get("/no/such/a-secret-of-somebody/")
    assert told and not any("a-secret-of-somebody" in str(line) for line in told)


def refusals(told: list[dict]) -> list[tuple]:
    return [(line["text"], line["status"], line.get("user")) for line in told if line["level"] == "WARNING"]


def test_a_page_refused_to_somebody_is_a_warning_with_the_page_and_who_asked(client, study, told):
    rater, other = builders.rater(study), builders.rater(study, "rob")
    token = claim_next(other, study).token
    client.force_login(rater.user)
    assert client.get(reverse("raters:judge", args=[token])).status_code == 404
    assert client.get(reverse("dashboards:study", args=[study.slug])).status_code == 404
    asked = rater.user.pk
    assert refusals(told) == [("GET raters:judge", 404, asked), ("GET dashboards:study", 404, asked)]
    assert token not in str(told) and study.slug not in str(told)


def test_a_token_of_the_api_that_opens_nothing_is_a_warning_of_nobody(client, db, told):
    assert client.get("/api/v1/studies", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert [(status, user) for _, status, user in refusals(told)] == [(401, None)]


def test_a_page_that_opens_and_an_address_of_no_page_are_no_refusals(client, db, told):
    client.get("/accounts/login/")
    client.get("/no/such/page/")
    assert told and refusals(told) == []


def test_a_broken_page_is_logged_under_the_requests_id(client, db, told, monkeypatch):
    def broken(*_):
        raise RuntimeError("on purpose")

    monkeypatch.setattr("assay.accounts.people.render", broken)
    client.raise_request_exception = False
    client.force_login(builders.researcher())
    client.get("/account/", headers={"x-request-id": "proxy-0042"})
    numbered = next(line for line in told if line["text"].startswith("error "))
    assert numbered["request"] == "proxy-0042"


@shared_task
def note_ids() -> None:
    SEEN.append(current())


def test_a_message_carries_the_ids_and_the_task_takes_them_up():
    headers = {}
    with about(request="abc"):
        hand_on(headers=headers)
    take_up(task_id="t1", task=SimpleNamespace(request=SimpleNamespace(**headers)))
    assert current() == {"request": "abc", "task": "t1"}
    let_go(task_id="t1")
    assert current() == {}


def test_a_real_worker_gets_them_through_the_broker(celery_application):
    from celery.contrib.testing.worker import start_worker

    SEEN.clear()
    with start_worker(celery_application, pool="solo", perform_ping_check=False, queues=["light"]):
        with about(request="through-the-broker"):
            note_ids.delay()
        deadline = time.monotonic() + 60
        while not SEEN and time.monotonic() < deadline:
            time.sleep(0.05)
    assert SEEN[0]["request"] == "through-the-broker" and "task" in SEEN[0]


@pytest.mark.parametrize("method", ["get", "post"])
def test_neither_do_lines_of_what_breaks_or_is_refused(db, told, monkeypatch, method):
    def broken(*_):
        raise RuntimeError("on purpose")

    monkeypatch.setattr("assay.accounts.people.invitation_with", broken)
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answer = getattr(strict, method)("/join/a-secret-of-somebody/")
    assert answer.status_code == (500 if method == "get" else 403)
    assert len(told) > 1 and not any("a-secret-of-somebody" in str(line) for line in told)
