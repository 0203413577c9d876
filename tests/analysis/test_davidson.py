import math

import numpy as np
import pytest
from scipy.optimize import minimize

from analysis.davidson import fit, groups, probabilities
from analysis.tables import TableError


def counts(checkpoints, **met):
    """met: "ij" -> (losses, ties, wins) of i, where i was shown first."""
    table = np.zeros((checkpoints, checkpoints, 3))
    for pair, numbers in met.items():
        table[int(pair[1]), int(pair[2])] = numbers
    return table


def test_two_checkpoints_have_the_closed_form():
    # Davidson (1970): π1/π2 = wins/losses, ν = ties / sqrt(wins losses).
    found = fit(counts(2, p01=(8, 6, 18)), ordered=False)
    assert found.strengths[0] - found.strengths[1] == pytest.approx(math.log(18 / 8), abs=1e-9)
    assert found.log_tie == pytest.approx(math.log(6 / math.sqrt(18 * 8)), abs=1e-9)
    assert found.order is None


def test_bradley_terry_splits_ties():
    found = fit(counts(2, p01=(8, 6, 18)), model="bradley-terry", ordered=False)
    assert found.strengths[0] - found.strengths[1] == pytest.approx(math.log(21 / 11), abs=1e-9)


def test_the_order_effect_is_the_geometric_mean_of_both_orders():
    # Two checkpoints in both orders: log odds of the first are δ ± the difference of strengths.
    found = fit(counts(2, p01=(10, 0, 30), p10=(20, 0, 20)), model="bradley-terry")
    assert found.order == pytest.approx((math.log(3) + math.log(1)) / 2, abs=1e-9)
    assert found.strengths[0] - found.strengths[1] == pytest.approx((math.log(3) - math.log(1)) / 2, abs=1e-9)


def test_strengths_sum_to_zero_and_expected_points_equal_those_won():
    table = counts(3, p01=(3, 4, 6), p12=(5, 2, 7), p20=(6, 3, 2))
    found = fit(table)
    points = found.pairs.counts @ [0, 0.5, 1]
    expected = found.pairs.counts.sum(axis=1) * (probabilities(found.pairs, found.parameters) @ [0, 0.5, 1])
    by_first = np.bincount(found.pairs.first, points) - np.bincount(found.pairs.second, points)
    by_model = np.bincount(found.pairs.first, expected) - np.bincount(found.pairs.second, expected)
    assert found.strengths.sum() == pytest.approx(0, abs=1e-12)
    assert by_first == pytest.approx(by_model, abs=1e-8)


def test_the_likelihood_is_at_its_top():
    table = counts(3, p01=(3, 4, 6), p10=(2, 2, 5), p12=(5, 2, 7), p20=(6, 3, 2))
    found = fit(table)

    def likelihood(parameters):
        return np.sum(found.pairs.counts * np.log(probabilities(found.pairs, parameters)))

    top = likelihood(found.parameters)
    for k in range(len(found.parameters)):
        nudge = np.eye(len(found.parameters))[k] * 1e-3
        assert max(likelihood(found.parameters + nudge), likelihood(found.parameters - nudge)) < top


def test_without_ties_there_is_no_tie_parameter():
    found = fit(counts(2, p01=(5, 0, 15)), ordered=False)
    assert found.log_tie is None
    assert found.strengths[0] - found.strengths[1] == pytest.approx(math.log(3), abs=1e-9)


def test_one_that_won_everything_is_held_and_finite():
    found = fit(counts(3, p01=(0, 0, 10), p02=(0, 0, 10), p12=(4, 2, 4)), ordered=False)
    assert found.held == (0,)
    assert 1 < found.strengths[0] < 10


def test_a_checkpoint_that_is_beaten_in_a_circle_needs_no_prior():
    assert fit(counts(3, p01=(0, 0, 5), p12=(0, 0, 5), p20=(0, 0, 5)), ordered=False).held == ()


def test_groups_are_those_who_met():
    assert groups(counts(4, p01=(1, 1, 1), p23=(1, 1, 1))).tolist() == [0, 0, 1, 1]


def test_where_all_are_ties_nothing_can_be_told():
    with pytest.raises(TableError, match="every judgment is a tie"):
        fit(counts(2, p01=(0, 9, 0)))


def test_where_nothing_is_finite_everyone_is_held():
    # Two that never lost to a third: wins and ties may both grow without end.
    found = fit(counts(3, p01=(0, 3, 7), p21=(0, 3, 7)), ordered=False)
    assert found.held == (0, 1, 2)
    assert found.strengths[0] == pytest.approx(found.strengths[2])
    assert 0 < found.strengths[0] < 10


def test_where_the_first_shown_always_won_nothing_settles():
    with pytest.raises(TableError, match="did not settle"):
        fit(counts(2, p01=(0, 0, 9), p10=(0, 0, 9)))


def test_a_checkpoint_that_won_everything_is_held_by_half_a_win_and_half_a_loss():
    counts = np.zeros((3, 3, 3))
    counts[0, 1, 2], counts[0, 2, 2], counts[1, 2, 2], counts[1, 2, 0] = 4, 3, 5, 2

    def negative(free):
        s = np.array([*free, -sum(free)])
        won = 4 * (s[0] - s[1]) - 4 * np.logaddexp(0, s[0] - s[1]) + 3 * (s[0] - s[2])
        won += -3 * np.logaddexp(0, s[0] - s[2]) + 5 * (s[1] - s[2]) - 7 * np.logaddexp(0, s[1] - s[2])
        return -won - (0.5 * s[0] - np.logaddexp(0, s[0]))

    found = fit(counts, model="bradley-terry", ordered=False)
    assert found.held == (0,)
    assert found.strengths[:2] == pytest.approx(minimize(negative, [1.0, 0.0], tol=1e-12).x, abs=1e-4)
