from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from analysis.position import Orders, position_bias
from analysis.simulate import SimulatedTruth, simulate_table
from analysis.tables import TableError
from analysis.win_rate import win_rate

EVEN = ["win", "loss", "tie", "win"] * 6


def test_a_rater_who_always_chooses_left_has_a_bias_of_one_half(table_of):
    sides = ["left", "right"] * 12
    outcomes = ["win" if side == "left" else "loss" for side in sides]
    result = position_bias(table_of(outcomes, ratings=2, side=sides))
    assert result.bias.value == 0.5
    assert (result.left.value, result.right.value, result.balanced.value) == (1.0, 0.0, 0.5)


def test_the_bias_is_that_of_the_simulated_truth():
    truth = SimulatedTruth.from_rates(win_rate=0.6, position_bias=0.08, rater_sd=0.15)
    results = [
        position_bias(simulate_table(np.random.default_rng(seed), 400, 3, 20, truth)).bias
        for seed in range(100)
    ]
    expected = truth.first_shown_win_rate - 0.5
    assert np.mean([bias.value for bias in results]) == pytest.approx(expected, abs=0.005)
    assert 89 <= sum(bias.low <= expected <= bias.high for bias in results) <= 100  # binomial, 99.8 %


def test_uneven_sides_do_not_pass_preference_off_as_bias(table_of):
    sides = ["left"] * 48 + ["right"] * 24  # three of four preferred wherever they stood
    outcomes = ["win"] * 36 + ["loss"] * 12 + ["win"] * 18 + ["loss"] * 6
    result = position_bias(table_of(outcomes, side=sides))
    found = (result.bias.value, result.left.value, result.right.value)
    assert found == pytest.approx((0.0, 0.75, 0.75), abs=1e-12)


def test_uneven_sides_leave_the_test_of_a_bias_its_level():
    truth = SimulatedTruth.from_rates(win_rate=0.75, position_bias=0.0, rater_sd=0.15)
    results = [position_bias(often_left(seed, truth)).bias for seed in range(200)]
    assert abs(np.mean([bias.value for bias in results])) < 0.005
    assert sum(bias.p < 0.05 for bias in results) <= binom.ppf(0.999, 200, 0.05)


def often_left(seed, truth):
    """A study in which the candidate, without any effect of sides, stood left in seven of ten."""
    rng = np.random.default_rng((seed, 3))
    table = simulate_table(rng, 200, 3, 20, truth)
    return replace(table, side=np.where(rng.random(len(table)) < 0.7, 1, -1).astype(np.int8))


def test_balanced_is_the_average_and_bias_the_half_difference_of_what_stands_beside_them(table_of):
    table = table_of(EVEN, ratings=3, side=["left", "right", "left", "right", "left", "left"] * 4)
    result = position_bias(table)
    left, right = result.left.value, result.right.value
    assert result.balanced.value == pytest.approx((left + right) / 2)
    assert result.bias.value == pytest.approx((left - right) / 2)


def test_leaving_a_rater_out_rescales_each_side_by_itself(table_of):
    sides = ["left", "right", "right", "left", "left", "right"] * 4
    table = table_of(EVEN, ratings=2, raters=4, side=sides)
    y, weights = table.points / 2, np.full(24, 1 / 24)
    orders = Orders.of(y, weights, table.side, table.prompt, table.rater)
    for rater in range(4):
        means = [y[(table.side == side) & (table.rater.codes != rater)].mean() for side in (1, -1)]
        assert orders.balanced.value - orders.balanced.left_out[rater] == pytest.approx(np.mean(means))


def test_a_design_balanced_in_every_prompt_needs_no_balancing(table_of):
    table = table_of(EVEN, ratings=2, side=["left", "right"] * 12)
    result = win_rate(table)
    assert not result.order_balanced
    assert position_bias(table).balanced.value == pytest.approx(result.value)


def test_a_lopsided_design_makes_the_headline_the_average_of_both_orders(table_of):
    sides = ["left"] * 48 + ["right"] * 24
    outcomes = ["win"] * 36 + ["loss"] * 12 + ["win"] * 6 + ["loss"] * 18
    table = table_of(outcomes, side=sides)
    result = win_rate(table)
    assert result.order_balanced
    assert result.value == pytest.approx((36 / 48 + 6 / 24) / 2)
    assert (result.low, result.high) == (
        position_bias(table).balanced.low,
        position_bias(table).balanced.high,
    )
    assert any("averages its win rates" in note for note in result.notes)


def test_the_balanced_rate_has_the_error_of_two_independent_means(table_of):
    sides = ["left"] * 48 + ["right"] * 24
    outcomes = ["win"] * 36 + ["loss"] * 12 + ["win"] * 6 + ["loss"] * 18
    result = win_rate(table_of(outcomes, raters=4, side=sides))  # each prompt once: prompts are independent
    by_hand = (0.75 * 0.25 / 48 + 0.25 * 0.75 / 24) / 4 * 72 / 71
    assert result.se**2 == pytest.approx(by_hand)


def test_too_few_on_one_side_leave_the_headline_as_it_is(table_of):
    result = win_rate(table_of(["win"] * 60, side=["left"] * 41 + ["right"] * 19))
    assert not result.order_balanced
    assert any("carries the raters' side bias" in note for note in result.notes)


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        (["left"] * 24, "stood left in every row"),
        (["right"] * 24, "stood right"),
        (["left", ""] * 12, "stood left in all 12 rows whose side is known"),
        ([""] * 24, "no side is known"),
    ],
)
def test_one_side_alone_cannot_tell_a_bias(table_of, sides, message):
    with pytest.raises(TableError, match=message):
        position_bias(table_of(EVEN, side=sides))


def test_judgments_without_a_side_are_left_out_and_counted(table_of):
    result = position_bias(table_of(EVEN, side=["left", "right", "", "left"] * 6))
    assert (result.n, result.n_left, result.n_right, result.left_out) == (18, 12, 6, 6)
