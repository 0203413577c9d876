"""Raters' figures from the tallies are those from all judgments, to the digit, whatever was said."""

import random

import pytest

from assay.reports.answers import Answer, answers_as_array, packed_answers
from assay.reports.live import fold
from assay.reports.models import ComparisonTally
from assay.reports.quality import tallied_quality
from assay.reports.recounting import recount
from raters import judging
from raters.assignment import claim_next
from raters.comparisons.gold import make_gold
from raters.models import Comparison, Study
from raters.quality.measures import quality_of
from tests import builders

SAID = ("left", "same", "right", "left")


def judge(study: Study, name: str, rng: random.Random, say=lambda rng: rng.choice(SAID)) -> None:
    """Everything there is for the rater, some of it without a time, now and then with a changed mind."""
    rater = builders.rater(study, name)
    while held := claim_next(rater, study):
        for turn in range(1 + (rng.random() < 0.2)):
            ms = None if rng.random() < 0.1 else rng.choice((300, rng.randint(3_000, 40_000)))
            judging.record(held, judging.Answer(say(rng), f"{turn}-{held.token}", active_ms=ms))


@pytest.fixture
def judged(db) -> Study:
    """Six raters, gold and planned repeats among what they judged; the last always presses left."""
    study = builders.study(prompts=44, ratings=5, gold_every=5, repeat_every=4, repeat_gap=3)
    for place, row in enumerate(study.comparisons.order_by("pk")[:6]):
        make_gold(row, ("a", "b", "tie")[place % 3], "by hand")
    rng = random.Random(7)
    for name in ("ada", "ben", "cyd", "dan"):
        judge(study, name, rng)
    judge(study, "lou", rng, lambda rng: "left")
    return study


def test_answers_come_out_of_their_bytes_as_they_went_in():
    answers = [Answer(8, 3, 900, 2, True, True, "left"), Answer(5, 70_000, 1, 1, False, False, "same")]
    found = answers_as_array(packed_answers(answers))
    assert found["judgment"].tolist() == [5, 8] and found["rater"].tolist() == [70_000, 3]
    assert len(packed_answers(answers)) == 36 and found["active_ms"].tolist() == [1, 900]


def test_the_figures_of_the_tallies_are_those_of_all_judgments(judged):
    fold(judged)
    found = tallied_quality(judged)
    assert found == quality_of(judged)
    assert all(sum(one.shares[name].n for one in found) for name in found[0].shares)
    assert "left" in next(one for one in found if one.shares["left"].value == 1).flags


def test_they_follow_what_is_said_and_held_later(judged):
    fold(judged)
    judged.comparisons.filter(kind="regular").update(ratings_wanted=6)
    Comparison.objects.filter(pk=judged.comparisons.last().pk).update(status="held")
    judge(judged, "eve", random.Random(8))
    fold(judged)
    assert tallied_quality(judged) == quality_of(judged) and len(quality_of(judged)) == 6


def test_tallies_from_before_answers_were_kept_are_made_anew(judged):
    fold(judged)
    ComparisonTally.objects.update(answers=b"", words=None)
    assert fold(judged) == ComparisonTally.objects.count()
    assert tallied_quality(judged) == quality_of(judged)


def test_a_recount_sees_a_wrong_answer(judged):
    fold(judged)
    row = ComparisonTally.objects.last()
    ComparisonTally.objects.filter(pk=row.pk).update(answers=b"")
    assert recount(judged) == [f"comparison {row.comparison_id}: answers"] and recount(judged) == []


def test_nobody_has_figures_before_anything_was_said(study):
    fold(study)
    assert tallied_quality(study) == quality_of(study) == []
