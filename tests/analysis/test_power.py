import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from analysis.gate import gate
from analysis.moments import PRIOR, Moments, moments
from analysis.power import gate_power, plan, prompts_for
from analysis.simulate import SimulatedTruth, simulate_table
from analysis.tables import TableError, read_judgments
from analysis.win_rate import win_rate

TRUTH = SimulatedTruth.from_rates(win_rate=0.55, rater_sd=0.3)


@pytest.mark.parametrize(
    ("design", "half_width", "detectable"),
    [
        ((400, 3, 20), 3.7, 5.3),
        ((1000, 2, 20), 2.9, 4.1),
        ((1000, 2, 50), 2.5, 3.6),
        ((1000, 3, 100), 2.2, 3.1),
        ((1200, 1, 20), 3.1, 4.4),
    ],
)
def test_designs_have_the_precision_that_simulation_found(design, half_width, detectable):
    result = plan(*design)
    assert round(100 * result.half_width, 1) == half_width
    assert round(100 * result.detectable, 1) == detectable


def test_the_formula_is_the_spread_of_simulated_win_rates():
    tables = [simulate_table(np.random.default_rng(seed), 100, 3, 20, TRUTH) for seed in range(400)]
    own = [moments(table) for table in tables]
    mean = Moments(
        *(float(np.mean([getattr(m, name) for m in own])) for name in ("prompt", "within", "rater"))
    )
    spread = np.std([win_rate(table).value for table in tables], ddof=1)
    assert plan(100, 3, 20, moments=mean).se == pytest.approx(spread, rel=0.11)  # 3 sd of a spread of 400


def test_moments_are_those_of_a_crossed_design_by_analysis_of_variance():
    # Every rater on every prompt: the textbook mean squares, with one judgment a cell.
    table = simulate_table(np.random.default_rng(1), 30, 12, 12, TRUTH)
    y = (table.points / 2).reshape(30, 12)
    mean, by_prompt, by_rater = y.mean(), y.mean(axis=1), y.mean(axis=0)
    ms_p = 12 * np.sum((by_prompt - mean) ** 2) / 29
    ms_r = 30 * np.sum((by_rater - mean) ** 2) / 11
    rest = y - by_prompt[:, None] - by_rater[None, :] + mean
    ms_e = np.sum(rest**2) / (29 * 11)
    found = moments(table)
    assert found.within == pytest.approx(ms_e)
    assert found.prompt == pytest.approx((ms_p - ms_e) / 12)
    assert found.rater == pytest.approx((ms_r - ms_e) / 30)


def test_the_number_of_prompts_is_the_fewest_that_reach_the_half_width():
    needed = prompts_for(0.037, 3, 20)
    assert plan(needed, 3, 20).half_width <= 0.037 < plan(needed - 1, 3, 20).half_width


def test_too_few_raters_reach_no_half_width_at_any_number_of_prompts():
    assert prompts_for(0.015, 3, 20) is None  # 1.96 sqrt(.0018 / 20) is 1.9 points already


def test_a_gate_with_three_points_margin_is_warned_of():
    result = plan(400, 3, 20, margin=0.03)
    assert 0.3 < result.gate_power < 0.6  # .38 in the simulations of docs/statistics.md
    assert "margin of 3 points" in result.notes[0]
    assert plan(1000, 2, 50, margin=0.05).notes == ()


def test_gate_power_at_a_margin_of_nothing_but_noise_is_the_error_rate():
    assert gate_power(400, 3, 20, 1e-9) == pytest.approx(0.05, abs=1e-6)


def test_moments_need_prompts_and_raters_seen_twice(table_of):
    with pytest.raises(TableError, match="use prior ones"):
        moments(table_of(["win", "loss", "tie"]))


@pytest.mark.parametrize("design", [(1, 1, 5), (10, 6, 5), (10, 0, 5)])
def test_designs_that_cannot_be_are_refused(design):
    with pytest.raises(ValueError, match="ratings <= raters"):
        plan(*design)


def test_prior_moments_are_variances():
    assert Moments(0.063, 0.127, 0.0018) == PRIOR
    with pytest.raises(ValueError, match="variance on the share scale"):
        Moments(0.1, -0.1, 0.0)


def test_gate_power_is_that_of_a_change_between_correlated_checkpoints():
    variance = 2 * 0.3 * 0.063 / 400 + 2 * 0.127 / 1200 + 2 * 0.0018 / 20
    expected = norm.cdf(0.03 / np.sqrt(variance) - norm.ppf(0.95))
    assert gate_power(400, 3, 20, 0.03) == pytest.approx(expected)
    assert plan(400, 3, 20, margin=0.03).gate_power == pytest.approx(expected)


def test_a_gates_own_power_is_that_of_its_one_sided_bound():
    table = simulate_table(np.random.default_rng(3), 100, 3, 8, TRUTH)
    rows = {
        "prompt_id": table.prompt.values(),
        "rater_id": table.rater.values(),
        "outcome": [("loss", "tie", "win")[points] for points in table.points],
        "candidate": ["new"] * 300,
        "baseline": ["old"] * 300,
    }
    result = gate(read_judgments(rows), old="old", new="new", margin=0.1)
    expected = norm.cdf(0.1 / result.change.se - student.ppf(0.95, result.change.df))
    assert result.power_at_no_change == pytest.approx(expected)
