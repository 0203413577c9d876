"""What is stored of an answer: once, in the comparison's own terms, never overwritten."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from raters import judging
from raters.assignment import claim_next
from raters.judging import Answer, Receipt
from raters.models import Assignment, Judgment
from tests import builders

KEY = "a-key-of-sixteen-letters"


@pytest.fixture
def assignment(study, rater):
    return claim_next(rater, study)


def on_side(assignment: Assignment, a_is_left: bool) -> Assignment:
    assignment.a_is_left = a_is_left
    assignment.save()
    return assignment


@pytest.mark.parametrize(
    ("a_is_left", "value", "preference"),
    [
        (True, "left", "a"),
        (True, "right", "b"),
        (False, "left", "b"),
        (False, "right", "a"),
        (False, "same", "tie"),
    ],
)
def test_a_side_of_the_screen_becomes_a_response(assignment, a_is_left, value, preference):
    judging.record(on_side(assignment, a_is_left), Answer(value, KEY))
    judgment = Judgment.objects.get()
    assert (judgment.preference, judgment.raw_answer) == (preference, value)


def test_the_same_submit_twice_is_stored_once(assignment):
    assert judging.record(assignment, Answer("left", KEY)) is Receipt.COUNTED
    assert judging.record(assignment, Answer("left", KEY)) is Receipt.REPEATED
    assert Judgment.objects.count() == 1


def test_a_changed_mind_is_a_new_version(study, assignment):
    judging.record(assignment, Answer("left", "the-first-key-of-two"))
    judging.record(assignment, Answer("same", "the-second-key-of-two"))
    first, second = Judgment.objects.order_by("pk")
    assert second.supersedes == first
    assert list(Judgment.objects.counted(study)) == [second]


def test_an_answer_that_the_scale_does_not_offer_is_refused(assignment):
    with pytest.raises(ValueError, match="'left_much' is no answer on a scale of 3 points"):
        judging.record(assignment, Answer("left_much", KEY))
    assert not Judgment.objects.exists()


def test_both_bad_is_a_tie_that_is_told_apart(db):
    study = builders.study(scale=4)
    judging.record(claim_next(builders.rater(study), study), Answer("both_bad", KEY))
    judgment = Judgment.objects.get()
    assert (judgment.preference, judgment.both_bad, judging.outcome(judgment)) == ("tie", True, "tie")


def test_judgments_cannot_be_changed_or_deleted(assignment):
    judging.record(assignment, Answer("left", KEY))
    judgment = Judgment.objects.get()
    for act in (
        judgment.save,
        judgment.delete,
        Judgment.objects.all().delete,
        lambda: Judgment.objects.update(preference="b"),
    ):
        with pytest.raises(TypeError, match="append-only"):
            act()


@pytest.mark.parametrize(
    "wrong", [{"preference": "x"}, {"preference": "tie", "strength": 2}, {"both_bad": True}]
)
def test_the_database_refuses_a_judgment_that_contradicts_itself(assignment, wrong):
    row = {"preference": "a", "strength": 1, "raw_answer": "left", "idempotency_key": KEY}
    with pytest.raises(IntegrityError), transaction.atomic():
        Judgment.objects.create(assignment=assignment, **{**row, **wrong})


@pytest.mark.django_db(transaction=True)
def test_ten_submits_of_one_page_at_once_are_stored_once():
    study = builders.study()
    assignment = claim_next(builders.rater(study), study)
    receipts: list[Receipt] = []

    def submit():
        receipts.append(judging.record(assignment, Answer("left", KEY)))
        connection.close()

    threads = [threading.Thread(target=submit) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(receipt.value for receipt in receipts) == ["counted"] + ["repeated"] * 9
    assert Judgment.objects.count() == 1


def test_a_correction_on_the_same_page_is_a_new_version(study, assignment):
    judging.record(assignment, Answer("left", KEY))
    assert judging.record(assignment, Answer("right", KEY)) is Receipt.COUNTED
    assert [row.raw_answer for row in Judgment.objects.counted(study)] == ["right"]


def test_one_key_on_two_comparisons_loses_neither_answer(study, rater, assignment):
    judging.record(assignment, Answer("left", KEY))
    judging.record(claim_next(rater, study), Answer("left", KEY))
    assert Judgment.objects.counted(study).count() == 2


def close(study) -> None:
    study.status = "closed"
    study.save()


def test_an_answer_after_the_end_is_kept_and_not_counted(study, assignment):
    close(study)
    assert judging.record(assignment, Answer("left", KEY)) is Receipt.SURPLUS
    assert Judgment.objects.count() == 1 and not Judgment.objects.counted(study).exists()
    assert study.comparisons.get(pk=assignment.comparison_id).ratings_taken == 0


def test_after_the_end_an_answer_given_in_time_stands(study, assignment):
    judging.record(assignment, Answer("left", KEY))
    close(study)
    assert judging.record(assignment, Answer("right", "another-key-of-letters")) is Receipt.CLOSED
    assert [row.raw_answer for row in Judgment.objects.counted(study)] == ["left"]


def test_a_paused_rater_moves_no_result(study, rater, assignment):
    rater.enrolments.update(status="paused", pause_reason="too fast")
    assert judging.record(assignment, Answer("left", KEY)) is Receipt.SURPLUS
    assert claim_next(rater, study) is None


def test_a_lease_that_a_sweep_takes_back_at_that_moment_is_not_counted_twice(study, assignment):
    Assignment.objects.filter(pk=assignment.pk).update(state="expired")
    study.comparisons.filter(pk=assignment.comparison_id).update(ratings_taken=0)
    answer = Answer("left", KEY)
    assert judging.record(assignment, answer) is Receipt.COUNTED  # this object still believes in its lease
    assert study.comparisons.get(pk=assignment.comparison_id).ratings_taken == 1
