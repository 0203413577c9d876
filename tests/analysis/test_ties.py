import numpy as np
import pytest

from analysis.ties import ties
from analysis.win_rate import win_rate

OUTCOMES = ["win", "tie", "loss", "win", "win", "loss", "tie", "win", "loss", "win", "win", "tie"] * 3


def test_the_decided_win_rate_is_wins_among_wins_and_losses(table_of):
    result = ties(table_of(OUTCOMES, ratings=3), weighting="judgments")
    assert result.decisive.value == pytest.approx(18 / 27)
    assert result.decisive.low < 18 / 27 < result.decisive.high


def test_the_decided_win_rate_has_the_error_of_a_jackknife_over_prompts(simulated):
    table = simulated("sim_seed2.csv")
    few = table.rows(np.isin(table.rater.codes, [0, 1, 2, 3]))  # four raters: prompts alone are drawn anew
    won, decided = (
        np.bincount(few.prompt.codes, chosen.astype(float)) for chosen in (few.points == 2, few.points != 1)
    )
    prompts = len(won)
    without = (won.sum() - won) / (decided.sum() - decided)
    jackknife = np.sqrt((prompts - 1) / prompts * np.sum((without - without.mean()) ** 2))
    assert ties(few, weighting="judgments").decisive.se == pytest.approx(jackknife, rel=0.01)


def test_shares_of_ties_and_of_both_bad_have_intervals(table_of):
    bad = [outcome == "tie" and row < 12 for row, outcome in enumerate(OUTCOMES)]
    result = ties(table_of(OUTCOMES, both_bad=bad))
    assert (result.tie_share.value, result.both_bad.value) == pytest.approx((9 / 36, 3 / 36))
    assert 0 < result.both_bad.low < 3 / 36 < result.both_bad.high < 1


def test_the_net_win_rate_is_twice_the_win_rate_less_one(simulated):
    table = simulated("sim_seed1.csv")
    net, headline = ties(table).net_win_rate, win_rate(table)
    assert net.value == pytest.approx(2 * headline.value - 1)
    assert net.se == pytest.approx(2 * headline.se)


def test_where_all_tie_nothing_was_decided(table_of):
    result = ties(table_of(["tie"] * 12))
    assert result.decisive is None
    assert result.tie_share.value == 1.0


def test_both_bad_that_was_not_asked_is_not_zero(table_of):
    assert ties(table_of(OUTCOMES)).both_bad is None
