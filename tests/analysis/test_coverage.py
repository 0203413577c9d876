"""How often the intervals hold the truth, over fixed seeds.

Of 200 intervals that truly cover 95 %, between 179 and 198 hold the truth with a chance of 99.8 % (binomial);
of 2,000, between 1,869 and 1,929. The seeds are fixed, so a failure is a change of the estimator, not chance.
"""

import numpy as np
import pytest
from scipy.stats import binom

from analysis.simulate import SimulatedTruth, simulate_table
from analysis.win_rate import win_rate

TRUTH = SimulatedTruth.from_rates(win_rate=0.55, rater_sd=0.15, position_bias=0.05)


@pytest.fixture(scope="module")
def estimates():
    """2,000 studies of 200 prompts x 3 ratings by 20 raters."""
    return [win_rate(simulate_table(np.random.default_rng(seed), 200, 3, 20, TRUTH)) for seed in range(2000)]


def holding(intervals):
    return sum(interval.low <= TRUTH.win_rate <= interval.high for interval in intervals)


@pytest.mark.parametrize("seeds", [200, 2000])
def test_the_headline_interval_covers_the_truth_as_often_as_it_says(estimates, seeds):
    fewest, most = binom.ppf([0.001, 0.999], seeds, 0.95)
    assert fewest <= holding(estimates[:seeds]) <= most


def test_the_published_interval_covers_less_than_nine_in_ten(estimates):
    assert holding(estimate.paper for estimate in estimates) < 0.9 * 2000


def test_the_prompt_only_interval_misses_where_raters_differ(estimates):
    assert holding(estimate.prompt_only for estimate in estimates) < holding(estimates)


def test_rare_losses_stay_covered():
    truth = SimulatedTruth.from_rates(win_rate=0.97)
    tables = (simulate_table(np.random.default_rng(seed), 50, 3, 6, truth) for seed in range(500))
    held = sum(rate.low <= 0.97 <= rate.high for rate in map(win_rate, tables))
    assert held >= binom.ppf(0.001, 500, 0.95)
