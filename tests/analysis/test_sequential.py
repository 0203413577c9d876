import math

import numpy as np
import pytest
from scipy.stats import binom

from analysis.sequential import asymptotic, confidence_sequence, empirical_bernstein
from analysis.simulate import SimulatedTruth, simulate_table
from analysis.tables import TableError, read_judgments

EVEN = SimulatedTruth.from_rates(win_rate=0.5, rater_sd=0.0, position_bias=0.0)


@pytest.fixture(scope="module")
def even_studies():
    return [simulate_table(np.random.default_rng(seed), 400, 2, 20, EVEN) for seed in range(300)]


@pytest.mark.parametrize("kind", ["asymptotic", "empirical-bernstein"])
def test_looking_after_every_prompt_errs_no_more_than_once_in_twenty(even_studies, kind):
    stopped = sum(
        confidence_sequence(study, planned=400, kind=kind).stopped_at is not None for study in even_studies
    )
    assert stopped <= binom.ppf(0.999, 300, 0.05)


@pytest.mark.parametrize("rate", [0.9, 0.97, 0.99])
def test_a_rate_near_one_is_left_out_no_more_than_once_in_twenty(rate):
    rng = np.random.default_rng(0)

    def ever_out(outcomes):
        _, lows, highs = asymptotic(outcomes, 200, 0.05)
        return np.any((lows[49:] > rate) | (highs[49:] < rate))

    missed = sum(ever_out((rng.random(400) < rate).astype(float)) for _ in range(500))
    assert missed <= binom.ppf(0.999, 500, 0.05)


def test_outcomes_all_alike_leave_room_for_one_that_differs():
    assert asymptotic(np.ones(60), 30, 0.05)[1][-1] < 0.95


def test_looking_after_every_prompt_with_a_fixed_interval_errs_often(even_studies):
    def ever_out(study):
        x = np.bincount(study.prompt.codes, study.points / 2) / study.prompt.counts()
        t = np.arange(1, 401)
        mean = np.cumsum(x) / t
        spread = np.sqrt(np.cumsum(x * x) / t - mean**2)
        return np.any((np.abs(mean - 0.5) > 1.96 * spread / np.sqrt(t))[49:])

    assert sum(map(ever_out, even_studies)) > 0.15 * 300


def test_a_clear_winner_stops_early():
    truth = SimulatedTruth.from_rates(win_rate=0.65, rater_sd=0.0)
    result = confidence_sequence(simulate_table(np.random.default_rng(0), 400, 2, 20, truth), planned=400)
    assert 50 <= result.stopped_at < 300
    assert result.lows[result.stopped_at - 1] > 0.5


def test_the_radius_is_the_published_formula():
    x = np.tile([0.0, 1.0, 0.5, 1.0, 0.0], 40)
    rho2 = (-2 * math.log(0.05) + math.log(1 - 2 * math.log(0.05))) / 100
    t, s = 200, math.sqrt((1.5 + 200 * x.var()) / 201)
    radius = s * math.sqrt(2 * (t * rho2 + 1) / (t**2 * rho2) * math.log(math.sqrt(t * rho2 + 1) / 0.05))
    mean, lows, _ = asymptotic(x, 100, 0.05)
    assert mean[-1] - lows[-1] == pytest.approx(radius)


def test_the_asymptotic_radius_is_smallest_near_where_it_was_tuned():
    x = np.tile([0.0, 1.0], 500)
    width = {at: np.subtract(*asymptotic(x, at, 0.05)[:0:-1])[499] for at in (20, 500, 5000)}
    assert width[500] < width[20]
    assert width[500] < width[5000]


def test_empirical_bernstein_is_the_published_recursion_done_slowly():
    x, alpha = np.random.default_rng(3).choice([0, 0.5, 1.0], 40), 0.05
    staked = won = cost = total = 0.0
    guess, variance, squares = 0.5, 0.25, 0.25
    ends = (0.0, 1.0)
    for t, value in enumerate(x, start=1):
        bet = min(math.sqrt(2 * math.log(2 / alpha) / (variance * t * math.log(t + 1))), 0.5)
        cost += 4 * (value - guess) ** 2 * (-math.log(1 - bet) - bet) / 4
        staked, won, total = staked + bet, won + bet * value, total + value
        centre, radius = won / staked, (math.log(2 / alpha) + cost) / staked
        ends = (max(ends[0], centre - radius), min(ends[1], centre + radius))
        guess = (0.5 + total) / (t + 1)
        squares += (value - guess) ** 2
        variance = squares / (t + 1)
    _, lows, highs = empirical_bernstein(x, alpha)
    assert (lows[-1], highs[-1]) == pytest.approx(ends, abs=1e-12)


def test_before_fifty_prompts_the_asymptotic_interval_says_nothing(simulated):
    result = confidence_sequence(simulated("sim_seed1.csv"), planned=400)
    assert (result.lows[48], result.highs[48]) == (0, 1)
    assert result.lows[49] > 0


def test_prompts_come_in_the_order_of_their_last_judgment():
    columns = {
        "prompt_id": ["a", "b", "a"],
        "rater_id": ["r", "r", "s"],
        "outcome": ["win", "loss", "win"],
        "shown_at": ["2026-01-01T00:00", "2026-01-02T00:00", "2026-01-03T00:00"],
    }
    result = confidence_sequence(read_judgments(columns), planned=2, kind="empirical-bernstein")
    assert result.means == (0.0, 0.5)
    assert "time" in result.order


def test_a_time_that_is_missing_is_refused():
    columns = {
        "prompt_id": ["a", "b"],
        "rater_id": ["r", "r"],
        "outcome": ["win", "loss"],
        "shown_at": ["2026-01-01T00:00", ""],
    }
    with pytest.raises(TableError, match="column shown_at"):
        confidence_sequence(read_judgments(columns), planned=2)


def test_an_earlier_look_is_the_same_as_the_start_of_a_later_one(simulated):
    table = simulated("sim_seed1.csv")
    whole = confidence_sequence(table, planned=1000)
    start = confidence_sequence(table.rows(table.prompt.codes < 100), planned=1000)
    assert start.lows == whole.lows[:100]


def test_it_says_that_it_rests_on_these_raters_and_on_no_order_of_time(simulated):
    notes = " ".join(confidence_sequence(simulated("sim_seed1.csv"), planned=400).notes)
    assert "new prompts and these raters" in notes
    assert "no column shown_at" in notes


def test_the_sequence_is_tuned_to_half_of_the_plan(simulated):
    table = simulated("sim_seed1.csv")
    x = np.bincount(table.prompt.codes, table.points / 2) / table.prompt.counts()
    _, lows, highs = asymptotic(x, 450, 0.05)
    result = confidence_sequence(table, planned=900)
    assert (result.low, result.high) == (lows[-1], highs[-1])
