"""What a plan will tell is told at its own size among smaller and larger ones, with what it asks of raters."""

from dataclasses import replace
from decimal import Decimal

import pytest

from analysis.power import plan
from assay.reports.power import Design, foretold

DESIGN = Design(prompts=40, candidates=2, ratings=3, pool=6, minutes=2, hours_a_day=2)


def test_the_plan_stands_at_its_own_size_among_others_and_is_the_analysis():
    found = foretold(replace(DESIGN, margin=0.1))
    assert [one.prompts for one in found.plans] == [10, 20, 30, 40, 60, 80, 120]
    assert found.chosen == 3 and found.plan == plan(40, 3, 6, margin=0.1) != plan(40, 3, 6, margin=0.05)


@pytest.mark.parametrize(
    ("prompts", "sizes"), [(2, [2, 3, 4, 6]), (3, [2, 3, 4, 6, 9]), (5, [2, 4, 5, 8, 10, 15])]
)
def test_no_size_stands_twice_or_is_too_small_to_tell_anything(prompts, sizes):
    found = foretold(replace(DESIGN, prompts=prompts))
    assert [one.prompts for one in found.plans] == sizes and found.plan.prompts == prompts


def test_every_candidate_is_judged_on_every_prompt_and_paid_for():
    effort = foretold(replace(DESIGN, pay_basis="item", pay_rate=Decimal("0.5"), currency="USD")).effort
    assert (effort.judgments, effort.hours, effort.cost, effort.currency) == (240, 8, Decimal(120), "USD")
    assert effort.days == pytest.approx(8 / 12)


def test_a_pool_that_is_just_large_enough_does_and_a_smaller_one_is_refused():
    assert foretold(DESIGN).plan
    with pytest.raises(ValueError, match="6 ratings of each prompt need a pool of 6 raters"):
        foretold(replace(DESIGN, pool=5))


def test_one_prompt_tells_nothing():
    with pytest.raises(ValueError, match="Two prompts are the fewest"):
        foretold(replace(DESIGN, prompts=1))
