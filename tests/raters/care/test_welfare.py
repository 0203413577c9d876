"""Care for raters in code: covers, opt-out by hazard, breaks, skips that cost nothing."""

import pytest
import time_machine
from django.urls import reverse

from assay.evaluations.evaluating import Question, draft_study
from raters import judging
from raters.assignment import claim_next
from raters.care.welfare import decline, done_so_far, rests_until
from raters.models import Assignment, Judgment
from raters.rubrics.answers import Answer
from tests import builders

NOON = "2026-03-01T12:00Z"


def answer(assignment) -> None:
    judging.now_shown(assignment)
    judging.record(assignment, Answer("left", f"key-of-{assignment.token}"))


@pytest.fixture
def covered(db):
    return builders.study(reveal=True, support_line="Call 112.", hazards=["ssh"])


def start(client, study) -> str:
    return client.get(reverse("raters:next", args=[study.public_id])).url


def test_a_cover_names_the_hazard_and_hides_prompt_and_responses(client, covered):
    client.force_login(builders.rater(covered).user)
    text = client.get(start(client, covered)).text
    assert "suicide and self-harm" in text and "Call 112." in text
    assert "Turn 0" not in text and "An answer to" not in text
    assert Assignment.objects.get().shown_at is None


def test_an_answer_to_what_is_covered_is_not_taken(client, covered):
    client.force_login(builders.rater(covered).user)
    client.post(start(client, covered), {"value": "left", "idempotency_key": "k" * 22})
    assert not Judgment.objects.exists()


def test_showing_it_takes_the_cover_off(client, covered):
    client.force_login(builders.rater(covered).user)
    address = start(client, covered)
    assert client.post(address + "show/").url == address
    assert "An answer to" in client.get(address).text


def test_a_declined_hazard_is_never_given_and_what_is_held_goes_back(client, db):
    covered = builders.study(reveal=True, hazards=[None, "ssh", "ssh"])
    rater = builders.rater(covered)
    client.force_login(rater.user)
    start(client, covered)
    client.post(reverse("raters:wellbeing", args=[covered.public_id]), {"declined": ["ssh"]})
    given = list(iter(lambda: claim_and_answer(rater, covered), None))
    assert [row.comparison.prompt.hazard for row in given] == [None]
    assert set(covered.comparisons.values_list("ratings_taken", flat=True)) == {0, 1}


def claim_and_answer(rater, study):
    assignment = claim_next(rater, study)
    if assignment:
        answer(assignment)
    return assignment


def test_nothing_declined_again_opens_everything(client, covered):
    rater = builders.rater(covered)
    decline(rater.enrolments.get(), ["ssh"])
    assert claim_next(rater, covered) is None
    client.force_login(rater.user)
    client.post(reverse("raters:wellbeing", args=[covered.public_id]), {})
    assert claim_next(rater, covered) is not None


def test_after_so_many_comparisons_there_is_a_break(db):
    study = builders.study(prompts=5, exposure_items=2, break_minutes=10)
    rater = builders.rater(study)
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(2):
            answer(claim_next(rater, study))
            clock.shift(60)
        assert claim_next(rater, study) is None
        assert f"{rests_until(rater, study):%H:%M}" == "12:11"
        clock.shift(9 * 60)
        assert claim_next(rater, study) is not None


def test_after_so_many_minutes_there_is_a_break(db):
    study = builders.study(prompts=5, exposure_minutes=5, break_minutes=10)
    rater = builders.rater(study)
    with time_machine.travel(NOON, tick=False) as clock:
        answer(claim_next(rater, study))
        clock.shift(4 * 60)
        second = claim_next(rater, study)
        judging.now_shown(second)
        clock.shift(2 * 60)
        assert claim_next(rater, study) == second  # what is on the screen may be finished
        answer(second)
        assert claim_next(rater, study) is None


def test_who_has_paused_of_their_own_accord_begins_a_new_stretch(db):
    study = builders.study(prompts=5, exposure_items=2, break_minutes=10)
    rater = builders.rater(study)
    with time_machine.travel(NOON, tick=False) as clock:
        answer(claim_next(rater, study))
        clock.shift(11 * 60)
        answer(claim_next(rater, study))
        assert claim_next(rater, study) is not None


def test_the_page_says_when_the_break_ends(client, db):
    study = builders.study(exposure_items=1)
    rater = builders.rater(study)
    client.force_login(rater.user)
    answer(claim_next(rater, study))
    assert "Time for a break" in client.get(reverse("raters:next", args=[study.public_id]), follow=True).text


def test_a_skip_is_counted_beside_the_answers_and_costs_nothing(client, covered):
    rater = builders.rater(covered)
    client.force_login(rater.user)
    client.post(start(client, covered) + "skip/", {"skip_reason": "rather not"})
    answer(claim_next(rater, covered))
    assert done_so_far(rater, covered) == {"answered": 1, "skipped": 1}
    assert "costs you nothing" in client.get(reverse("raters:done", args=[covered.public_id])).text


@pytest.mark.parametrize(("preset", "reveal", "cap"), [("safety", True, 30), ("instruction", False, 0)])
def test_safety_studies_start_with_covers_caps_and_a_support_line(db, preset, reveal, cap):
    version = builders.prompt_set(2)
    runs = {"candidate": builders.run(version, "heron"), "baseline": builders.run(version, "plover")}
    question = Question(version, *(run.checkpoint for run in runs.values()), preset=preset)
    study = draft_study(question, runs, "care")
    assert (study.reveal, study.exposure_items, bool(study.support_line)) == (reveal, cap, reveal)


def test_what_was_only_looked_at_counts_towards_the_break(db):
    study = builders.study(exposure_items=1)
    rater = builders.rater(study)
    judging.now_shown(claim_next(rater, study))
    assert rests_until(rater, study) is not None
