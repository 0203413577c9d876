"""What a design asks of raters follows from judgments, minutes, pool and pay."""

from decimal import Decimal

import pytest

from raters.assignment import claim_next
from raters.judging import record
from raters.models import Assignment
from raters.rubrics.answers import Answer
from raters.studies.effort import effort_of, minutes_measured
from tests import builders


def test_hours_and_days_follow_from_minutes_and_pool():
    effort = effort_of(300, pool=10, minutes=2, hours_a_day=2)
    assert (effort.hours, effort.days, effort.cost) == (10, 0.5, None)


@pytest.mark.parametrize(("basis", "rate", "cost"), [("item", "0.25", "75"), ("hour", "12", "120")])
def test_cost_follows_from_the_basis_of_pay(basis, rate, cost):
    effort = effort_of(300, 10, 2, 2, pay_basis=basis, pay_rate=Decimal(rate))
    assert effort.cost == Decimal(cost)


@pytest.mark.parametrize("wrong", [{"pool": 0}, {"minutes": 0}, {"hours_a_day": 0}])
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValueError, match="above 0"):
        effort_of(**{"judgments": 300, "pool": 10, "minutes": 2, "hours_a_day": 2} | wrong)


def test_minutes_are_the_median_of_what_people_took_under_such_a_rubric(db):
    study = builders.study(prompts=3, ratings=1)
    assert minutes_measured("instruction") is None
    rita = builders.rater(study)
    for minutes in (1, 2, 9):
        record(
            claim_next(rita, study), Answer("same", "a-key-of-sixteen-letters", active_ms=minutes * 60_000)
        )
    assert minutes_measured("instruction") == 2
    assert minutes_measured("safety") is None


@pytest.mark.parametrize("wrong", [{"judgments": -1}, {"minutes": -2}, {"hours_a_day": -1}])
def test_less_than_nothing_is_refused_and_nothing_is_fine(wrong):
    given = {"judgments": 0, "pool": 1, "minutes": 2, "hours_a_day": 2}
    assert (effort_of(**given).hours, effort_of(**given).days) == (0, 0)
    with pytest.raises(ValueError, match="above 0"):
        effort_of(**given | wrong)


def test_only_the_time_of_people_who_judge_is_measured(db):
    """Neither simulated raters, nor a senior's decision, nor a page that told no time, or none that went by."""
    study = builders.study(prompts=4, ratings=1, gold_every=0)
    rita = builders.rater(study)
    for ms in (120_000, 0, None, 600_000):
        record(claim_next(rita, study), Answer("same", "a-key-of-sixteen-letters", active_ms=ms))
    Assignment.objects.filter(judgments__active_ms=600_000).update(purpose="adjudication")
    assert minutes_measured("instruction") == 2
    type(study).objects.update(simulation={"seed": 1})
    assert minutes_measured("instruction") is None


def test_a_page_that_tells_hardly_any_time_makes_no_study_free(db):
    study = builders.study(prompts=1, ratings=1)
    record(claim_next(builders.rater(study), study), Answer("same", "a-key-of-sixteen-letters", active_ms=1))
    assert minutes_measured("instruction") == 0.1
