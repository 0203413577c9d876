from dataclasses import replace

import numpy as np
import pytest

from analysis.agreement import INTERVAL, _patterns, agreement, gwet_ac1, krippendorff_alpha
from analysis.tables import TableError, read_judgments

FILES = ["sim_seed1.csv", "sim_seed2.csv", "sim_seed3.csv"]


@pytest.mark.parametrize("file", FILES)
def test_alpha_and_ac1_equal_the_golden_ones(goldens, simulated, file):
    golden = next(golden for golden in goldens["simulated"] if golden["file"] == file)
    result = agreement(simulated(file), draws=10)
    assert result.alpha_nominal.value == pytest.approx(golden["alpha_nominal"], abs=1e-6)
    assert result.alpha_interval.value == pytest.approx(golden["alpha_interval"], abs=1e-6)
    assert result.ac1.value == pytest.approx(golden["gwet_ac1"], abs=1e-5)


def test_alpha_equals_a_worked_example_in_coincidences():
    # Units (a,a), (a,b), (b,b), (b,b): D_o = 2/8, D_e = 2*3*5/(8*7); alpha = 1 - (2/8) / (30/56) = 8/15.
    counts = np.array([[2.0, 0, 0], [1, 1, 0], [0, 2, 0], [0, 2, 0]])
    assert krippendorff_alpha(counts) == pytest.approx(8 / 15)


def test_ac1_equals_a_worked_example_over_the_two_categories_used():
    # The same units: p_a = 3/4, shares 3/8 and 5/8, p_e = (15/64 + 15/64) / (2 - 1) = 15/32; (3/4 - p_e) / (1 - p_e).
    counts = np.array([[2.0, 0, 0], [1, 1, 0], [0, 2, 0], [0, 2, 0]])
    assert gwet_ac1(counts) == pytest.approx(9 / 17)


def test_interval_alpha_weighs_a_win_against_a_loss_four_times_a_tie():
    near, far = np.array([[0, 1.0, 1], [2, 0, 0]]), np.array([[1.0, 0, 1], [0, 2, 0]])
    # (tie, win) with (loss, loss) beside (loss, win) with (tie, tie): observed 1/4 and 1 among the first pair.
    assert krippendorff_alpha(near, INTERVAL) > krippendorff_alpha(far, INTERVAL)
    assert krippendorff_alpha(near) == krippendorff_alpha(far)


def test_one_rating_alone_says_nothing_about_agreement():
    counts = np.array([[2.0, 0, 0], [1, 1, 0], [0, 2, 0], [0, 2, 0]])
    alone = np.vstack([counts, [[0, 0, 1.0]]])
    assert krippendorff_alpha(alone) == krippendorff_alpha(counts)


def test_where_all_say_the_same_alpha_is_not_defined_and_ac1_is_one():
    counts = np.array([[0, 0, 3.0], [0, 0, 3.0]])
    assert krippendorff_alpha(counts) is None
    assert gwet_ac1(counts) == 1.0


def test_at_97_percent_wins_alpha_is_low_and_ac1_high(simulated):
    result = agreement(simulated("sim_seed3.csv"))
    assert result.alpha_nominal.value < 0.3 < 0.9 < result.ac1.value


@pytest.mark.parametrize("file", FILES)
def test_nothing_moves_when_the_two_checkpoints_change_places(simulated, file):
    """Else an interval would tell who is blind which of the two is the candidate."""
    table = simulated(file)
    here, turned = agreement(table), agreement(replace(table, points=2 - table.points))
    for name in ("alpha_nominal", "alpha_interval", "ac1", "percent_agreement"):
        assert getattr(here, name) == getattr(turned, name)


def test_patterns_are_the_different_counts_in_the_order_of_rows():
    counts = np.random.default_rng(3).multinomial(12, [0.5, 0.3, 0.2], 400).astype(np.float64)
    for found, expected in zip(_patterns(counts), np.unique(counts, axis=0, return_counts=True), strict=True):
        assert np.array_equal(found, expected)


def test_the_bootstrap_has_the_spread_of_resampled_units(simulated):
    table = simulated("sim_seed1.csv")
    result, rng = agreement(table, draws=2000), np.random.default_rng(1)
    counts = np.zeros((400, 3))
    np.add.at(counts, (table.prompt.codes, table.points), 1)
    drawn = [krippendorff_alpha(counts[rng.integers(0, 400, 400)]) for _ in range(2000)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (result.alpha_nominal.low, result.alpha_nominal.high) == pytest.approx((low, high), abs=0.006)


def test_ac1_counts_the_categories_of_the_data_in_every_resample(table_of):
    # One tie alone: over a third of the resamples have none, and would count two categories in place of three.
    outcomes = ["win", "win", "loss", "loss"] * 15 + ["win", "loss", "tie", "win"]
    counts = np.array([[0, 0, 2.0], [2, 0, 0]] * 15 + [[1, 0, 1], [0, 1, 1]])
    rng, drawn = np.random.default_rng(1), []
    for _ in range(2000):
        one = counts[rng.integers(0, 32, 32)]
        shares = one.sum(axis=0) / 64
        alike = (one * (one - 1)).sum(axis=1).mean() / 2
        chance = (shares * (1 - shares)).sum() / 2
        drawn.append((alike - chance) / (1 - chance))
    ac1 = agreement(table_of(outcomes, ratings=2), draws=2000).ac1
    assert (ac1.low, ac1.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.012)


def test_the_seed_makes_the_interval_repeatable(simulated):
    table = simulated("sim_seed3.csv")
    assert agreement(table, seed=4) == agreement(table, seed=4)


def test_several_pairs_are_units_of_their_own():
    columns = {
        "prompt_id": ["p", "p", "q", "q"] * 2,
        "rater_id": ["a", "b", "a", "b"] * 2,
        "candidate": ["x"] * 4 + ["y"] * 4,
        "baseline": ["z"] * 8,
        "outcome": ["win"] * 4 + ["loss"] * 4,
    }
    assert agreement(read_judgments(columns), draws=10).percent_agreement == 1.0


def test_a_table_in_which_nothing_was_judged_twice_is_refused(table_of):
    with pytest.raises(TableError, match="no prompt was judged by two raters"):
        agreement(table_of(["win", "loss", "tie"]))
