"""Tests on what was drawn: fair coins pass, a side or an order that tells something is found."""

import random
from itertools import pairwise, product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from raters import judging
from raters.assignment import claim_next
from raters.comparisons.pairing import comparisons_between
from raters.models import Assignment, StudyArm
from raters.quality.order_checks import checks_of, drawn, expected_runs, runs, runs_p
from tests import builders
from tests.raters.working import answer, work


def found_in(study):
    """As one reads them who knows the arms."""
    called = {arm.pk: arm.run.checkpoint.name for arm in study.arms.all()}
    return checks_of(drawn(study), called, lambda a, b: (a, b))


def test_sides_as_they_are_drawn_tell_nothing(db):
    study = builders.study(prompts=40, ratings=3)
    for name in ("ana", "ben", "cem"):
        list(work(builders.rater(study, name), study))
    checks = found_in(study)
    assert len(checks) == 4 and not any(one.tells for one in checks)


def test_a_rater_with_one_arm_always_left_is_found(db):
    study = builders.study(prompts=40, ratings=2)
    rater = builders.rater(study, "ana")
    list(work(rater, study))
    ben = builders.rater(study, "ben")
    list(work(ben, study))
    Assignment.objects.filter(rater=rater).update(a_is_left=True)
    found = [one.of for one in found_in(study) if one.tells]
    assert rater.code in found and ben.code not in found


def three_arms():
    """Two candidates against one baseline; each prompt is met once, so either pair may come at any time."""
    study = builders.study(prompts=60, ratings=1, gold_every=0)
    third = StudyArm.objects.create(
        study=study, run=builders.run(study.prompt_set_version, "dunlin"), role="candidate"
    )
    baseline = study.arms.get(role="baseline")
    for comparison in comparisons_between(study, third, baseline):
        comparison.save()
    return study


def test_the_order_in_which_pairs_come_groups_none(db):
    study = three_arms()
    rater = builders.rater(study)
    while held := claim_next(rater, study):
        answer(held)
    order = next(one for one in found_in(study) if one.what == "order")
    assert order.n == 60 and not order.tells and 0.7 < order.seen < 1.3


def test_an_order_that_shows_one_pair_after_the_other_is_found(db):
    study = three_arms()
    rater = builders.rater(study)
    for comparison in study.comparisons.order_by("arm_a", "pk")[:60:2]:
        Assignment.objects.create(
            comparison=comparison,
            rater=rater,
            a_is_left=bool(comparison.pk % 4 < 2),
            lease_until="2026-03-01T12:00Z",
        )
    for comparison in study.comparisons.order_by("arm_a", "pk")[61::2]:
        Assignment.objects.create(
            comparison=comparison,
            rater=rater,
            a_is_left=bool(comparison.pk % 4 < 2),
            lease_until="2026-03-01T12:00Z",
        )
    assert next(one for one in found_in(study) if one.what == "order").tells


@pytest.mark.parametrize("is_gold", [False, True])
def test_order_is_tested_where_several_pairs_were_met_which_no_statement_reads_all_to_find(db, is_gold):
    """A pair that has become gold altogether is no pair that order could group."""
    study = three_arms()
    list(work(builders.rater(study), study))
    third = study.arms.get(run__checkpoint__name="dunlin")
    if is_gold:
        study.comparisons.filter(arm_a=third).update(kind="gold", gold_preference="a")
    pairs = set(study.comparisons.regular().values_list("arm_a", "arm_b"))
    with CaptureQueriesContext(connection) as asked:
        found = drawn(study)
    assert (len(pairs) > 1, bool(found.orders)) == (not is_gold, not is_gold)
    assert not any("DISTINCT" in query["sql"] for query in asked.captured_queries)


def test_the_expected_number_of_runs_is_the_mean_over_all_orders():
    orders = [order for order in product("abc", repeat=6) if sorted(order) == list("aaabbc")]
    assert expected_runs("aaabbc") == pytest.approx(sum(map(runs, orders)) / len(orders))


def test_the_p_value_of_random_orders_is_below_a_level_about_as_often_as_it_says():
    chance, kinds = random.Random(7), list("a" * 30 + "b" * 20 + "c" * 10)
    below = 0
    for _ in range(2000):
        chance.shuffle(kinds)
        below += runs_p(kinds) < 0.05
    assert 0.03 < below / 2000 < 0.06


def test_sides_look_like_the_tosses_of_a_fair_coin(db):
    study = builders.study(prompts=60, ratings=1)
    rater = builders.rater(study)
    while assignment := claim_next(rater, study):
        judging.record(assignment, judging.Answer("same", f"key-for-{assignment.token}"))
    sides = list(Assignment.objects.order_by("pk").values_list("a_is_left", flat=True))
    runs = 1 + sum(one != two for one, two in pairwise(sides))
    # Of 60 fair tosses fewer than 18 or more than 42 heads, or runs, have probability 0.001.
    assert 18 <= sum(sides) <= 42 and 18 <= runs <= 42


@pytest.mark.parametrize("kinds", [range(12), "aaaaaaaaaaaa"])
def test_an_order_that_could_not_have_been_another_tells_nothing(kinds):
    assert runs_p(kinds) == 1.0
