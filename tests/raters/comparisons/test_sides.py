"""Sides are balanced within each pair of arms and category, however few ratings a comparison gets."""

from collections import Counter
from itertools import count

import pytest

from raters.comparisons.gold import make_gold
from raters.comparisons.pairing import pair
from raters.comparisons.sides import balance_sides
from raters.models import Assignment, Study, StudyArm
from raters.studies.design import lock
from tests import builders
from tests.raters.working import work


def study_of_two_candidates(ratings: int) -> Study:
    """Ten prompts of either of two categories but for one, and two candidates against one baseline."""
    version = builders.prompt_set(19)
    study = Study.objects.create(
        slug="autumn",
        prompt_set_version=version,
        rubric=builders.rubric(),
        ratings_per_comparison=ratings,
        gold_every=0,
        fast_floor_percent=0,
    )
    for name, role in (("heron", "candidate"), ("egret", "candidate"), ("plover", "baseline")):
        StudyArm.objects.create(study=study, run=builders.run(version, name), role=role)
    pair(study)
    lock(study)
    return study


def judged_by_all(study: Study) -> None:
    """By as many raters as it takes; each meets a prompt once, so two candidates take twice as many."""
    for number in count():
        if not list(work(builders.rater(study, f"rater{number}"), study)):
            return


@pytest.mark.parametrize("ratings", [1, 2, 3])
def test_either_response_stands_left_equally_often_in_each_pair_and_category(db, ratings):
    study = study_of_two_candidates(ratings)
    judged_by_all(study)
    shown = Assignment.objects.filter(state="done").values_list(
        "comparison__arm_a", "comparison__prompt__category", "a_is_left"
    )
    sides = Counter(shown)
    assert sum(sides.values()) == 2 * 19 * ratings
    for arm, category in {key[:2] for key in sides}:
        assert abs(sides[arm, category, True] - sides[arm, category, False]) <= 1


def test_what_nobody_is_shown_takes_no_part_in_the_balance(db):
    study = builders.study(prompts=40)
    Study.objects.update(status="draft")
    study.comparisons.filter(pk__in=[row.pk for row in study.comparisons.all()[:17]]).update(status="held")
    study.refresh_from_db()
    lock(study)
    shown = Counter(study.comparisons.filter(status="open").values_list("prompt__category", "a_first_left"))
    for category in ("coding", "creative"):
        assert abs(shown[category, True] - shown[category, False]) <= 1


def first_sides(study: Study) -> list[bool]:
    return list(study.comparisons.order_by("prompt__position").values_list("a_first_left", flat=True))


def test_first_sides_follow_from_the_studys_secret_alone(db):
    study = builders.study(prompts=30)
    drawn = first_sides(study)
    balance_sides(study)
    assert first_sides(study) == drawn
    study.secret = "1" * 64
    balance_sides(study)
    assert first_sides(study) != drawn


@pytest.mark.parametrize("locked", [True, False])
def test_the_right_answer_of_gold_stands_left_as_often_as_right_for_either_verdict(db, locked):
    study = builders.study(prompts=24)
    if not locked:
        Study.objects.update(status="draft")
        study.refresh_from_db()
    for row, verdict in zip(study.comparisons.order_by("-pk")[:15], 5 * ["a", "b", "b"], strict=True):
        make_gold(row, verdict, "because")
    if not locked:
        lock(study)
    shown = Counter(study.comparisons.gold().values_list("gold_preference", "a_first_left"))
    assert (shown["b", True], shown["b", False]) == (5, 5)
    assert {shown["a", True], shown["a", False]} == {2, 3}
