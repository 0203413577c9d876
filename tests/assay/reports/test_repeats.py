"""Self-agreement: how often a repeat was answered as before, of the repeats that were answered at all."""

import pytest

from assay.reports.live import fold
from assay.reports.models import Report
from assay.reports.repeats import repeat_estimates, said_again
from raters.models import StudyArm
from tests import builders
from tests.assay.reports.test_folding import assigned, said


def shown_twice(comparison, before="a", after="a", state="done", code="R1"):
    first = assigned(comparison, code=code)
    said(first, before)
    again = assigned(comparison, repeat_of=first, state=state, code=code)
    return first, said(again, after)


def told(study) -> list:
    fold(study)
    return list(repeat_estimates(Report(study=study)))


def test_where_nothing_was_repeated_there_is_no_number(study):
    said(assigned(study.comparisons.first()))
    assert told(study) == []


@pytest.mark.parametrize(
    ("answers", "alike"),
    [
        ([("a", "a")], 1),
        ([("a", "b")], 0),
        ([("tie", "tie"), ("a", "tie")], 1),
        ([("b", "b"), ("a", "a")], 2),
    ],
)
def test_repeats_that_say_the_same_are_counted_of_all(study, answers, alike):
    for comparison, (before, after) in zip(study.comparisons.order_by("pk"), answers, strict=False):
        shown_twice(comparison, before, after)
    [estimate] = told(study)
    assert (estimate.detail["alike"], estimate.n, estimate.value) == (
        alike,
        len(answers),
        alike / len(answers),
    )
    assert estimate.low <= estimate.value <= estimate.high
    assert (estimate.candidate, estimate.baseline) == ("heron-autumn", "plover-autumn")


def test_a_repeat_that_was_given_up_or_came_too_late_is_none(study):
    one, other, third = study.comparisons.order_by("pk")
    shown_twice(one)
    shown_twice(other, "a", "b", state="surplus")
    shown = assigned(third)
    said(shown)
    assigned(third, state="skipped", repeat_of=shown)
    assert told(study)[0].detail == {"repeats": 1, "alike": 1}


def test_a_repeat_whose_first_showing_does_not_count_is_held_against_nothing(study):
    one, other = study.comparisons.order_by("pk")[:2]
    shown_twice(one)
    first, _ = shown_twice(other)
    type(first).objects.filter(pk=first.pk).update(state="surplus")
    assert told(study)[0].n == 1


def test_the_last_word_of_either_showing_is_the_one_that_is_compared(study):
    comparison = study.comparisons.first()
    first, second = shown_twice(comparison, "a", "b")
    said(first, "b", supersedes=first.judgments.get())
    assert told(study)[0].detail == {"repeats": 1, "alike": 1}
    said(second.assignment, "tie", supersedes=second)
    assert told(study)[0].detail == {"repeats": 1, "alike": 0}


def test_each_rater_is_held_against_their_own_first_answer(study):
    comparison = study.comparisons.first()
    shown_twice(comparison, "a", "a", code="R1")
    shown_twice(comparison, "b", "b", code="R2")
    assert told(study)[0].detail == {"repeats": 2, "alike": 2}


def test_pairs_of_arms_have_each_their_own(db):
    study = builders.study(prompts=1, candidates=("heron", "dunlin"))
    for comparison, after in zip(study.comparisons.order_by("pk"), "ab", strict=True):
        shown_twice(comparison, "a", after)
    alike = {estimate.candidate: estimate.value for estimate in told(study)}
    first, second = study.comparisons.order_by("pk")
    names = {arm.pk: arm.run.checkpoint.name for arm in StudyArm.objects.all()}
    assert alike == {names[first.arm_a_id]: 1.0, names[second.arm_a_id]: 0.0}


def test_another_study_s_repeats_are_its_own(study):
    other = builders.study(slug="winter")
    shown_twice(study.comparisons.first())
    shown_twice(other.comparisons.first(), "a", "b")
    assert (told(study)[0].value, told(other)[0].value) == (1.0, 0.0)
    assert [same for _, same in said_again(Report(study=study))] == [True]
