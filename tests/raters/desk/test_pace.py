"""An answer faster than anybody reads is asked about once, then taken and marked."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from raters import judging
from raters.assignment import claim_next
from raters.models import Assignment, Judgment
from tests import builders


@pytest.fixture
def held(client, db) -> Assignment:
    study = builders.study(fast_floor_percent=100)  # some dozen words: about five seconds
    rater = builders.rater(study)
    client.force_login(rater.user)
    held = claim_next(rater, study)
    client.get(reverse("raters:judge", args=[held.token]))
    return held


def send(client, held, **fields: str):
    form = {"value": "left", "idempotency_key": "k" * 22, **fields}
    return client.post(reverse("raters:judge", args=[held.token]), form)


def test_a_fast_answer_is_asked_about_and_not_stored(client, held):
    answer = send(client, held)
    assert answer.status_code == 422 and "That was quick" in answer.text
    assert 'value="left" checked' in answer.text and 'name="sure" value="1"' in answer.text
    assert not Judgment.objects.exists()


def test_sent_again_it_counts_and_is_marked(client, held):
    send(client, held)
    assert send(client, held, sure="1").status_code == 302
    assert Judgment.objects.get().fast


def test_time_enough_asks_nothing(client, held):
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
        assert send(client, held).status_code == 302
    assert not Judgment.objects.get().fast


def test_the_pages_own_count_goes_before_the_clock(client, held):
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
        assert send(client, held, active_ms="10").status_code == 422


def test_a_changed_answer_is_not_asked_about(client, held):
    send(client, held, sure="1")
    assert send(client, held, value="right", idempotency_key="q" * 22).status_code == 302


def test_once_asked_an_answer_stays_marked_however_long_the_question_took(client, held):
    send(client, held)
    assert send(client, held, sure="1", active_ms="90000").status_code == 302
    assert Judgment.objects.get().fast


def test_one_whose_lease_ran_out_is_asked_about_as_well(client, held):
    Assignment.objects.update(state="expired")
    assert send(client, held).status_code == 422


def test_a_page_that_was_never_in_view_was_not_read(client, held):
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
        assert send(client, held, active_ms="0").status_code == 422


def test_coming_back_to_a_page_does_not_begin_its_time_anew(client, held):
    first = Assignment.objects.get().shown_at
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
        client.get(reverse("raters:judge", args=[held.token]))
    judging.now_shown(held)  # as it was read before it was shown
    assert Assignment.objects.get().shown_at == first is not None


def test_a_page_left_open_for_days_measures_a_day_at_most(client, held):
    send(client, held, active_ms=str(5 * 24 * 60 * 60 * 1000))
    assert Judgment.objects.get().active_ms == 24 * 60 * 60 * 1000


def test_the_page_that_asks_is_still_the_same_submit(client, held):
    assert f'name="idempotency_key" value="{"k" * 22}"' in send(client, held).text
