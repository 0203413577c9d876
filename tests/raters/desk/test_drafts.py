"""What was filled in and not sent is there again: after a reload, after signing in again, after others took it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from raters.assignment import claim_next
from raters.models import Assignment, Judgment
from tests import builders


@pytest.fixture
def page(client, rater):
    client.force_login(rater.user)
    return client


@pytest.fixture
def held(study, rater) -> Assignment:
    return claim_next(rater, study)


def save(page, held, **fields: str):
    return page.post(reverse("raters:draft", args=[held.token]), fields)


def test_a_draft_is_no_judgment_and_stands_on_the_page_again(page, held):
    assert save(page, held, value="left", comment="so far").json()["held"]
    again = Client()
    again.force_login(held.rater.user)
    text = again.get(reverse("raters:judge", args=[held.token])).text
    assert 'value="left" checked' in text and "so far" in text and not Judgment.objects.exists()


def test_only_fields_of_the_page_are_kept(page, held):
    save(page, held, value="left", active_ms="5", evil="x", comment="y" * 5000)
    held.refresh_from_db()
    assert held.draft == {"value": "left", "comment": "y" * 280}


def test_each_save_counts_the_lease_from_now(page, held):
    Assignment.objects.update(lease_until=timezone.now() + timedelta(seconds=5))
    assert save(page, held, keep_only="1").json()["lease_s"] > 1000
    held.refresh_from_db()
    assert held.lease_until > timezone.now() + timedelta(minutes=25)


def test_it_can_be_kept_more_than_ten_times(page, held):
    assert all(save(page, held, keep_only="1").json()["held"] for _ in range(12))


def test_a_draft_of_what_went_to_others_is_kept_and_said_so(page, held):
    Assignment.objects.update(state="expired")
    assert save(page, held, comment="late").json() == {"held": False, "lease_s": 0}
    held.refresh_from_db()
    assert held.draft == {"comment": "late"} and held.state == "expired"


def test_sending_the_answer_ends_the_draft(page, held):
    save(page, held, value="left")
    page.post(reverse("raters:judge", args=[held.token]), {"value": "right", "idempotency_key": "k" * 22})
    held.refresh_from_db()
    assert held.draft == {} and held.state == "done"


def test_nobody_writes_into_the_draft_of_another(client, held, study):
    client.force_login(builders.rater(study, "eve").user)
    assert save(client, held, comment="x").status_code == 404


def test_keeping_the_comparison_alone_keeps_what_was_filled_in(page, held):
    save(page, held, value="left")
    save(page, held, keep_only="1")
    held.refresh_from_db()
    assert held.draft == {"value": "left"}


def test_skipping_ends_the_draft(page, held):
    save(page, held, value="left")
    page.post(reverse("raters:skip", args=[held.token]))
    held.refresh_from_db()
    assert held.draft == {} and held.state == "skipped"


def test_a_page_whose_lease_ran_out_says_that_no_time_is_left(page, held):
    Assignment.objects.update(lease_until=timezone.now() - timedelta(minutes=5))
    assert 'data-lease-s="0"' in page.get(reverse("raters:judge", args=[held.token])).text
