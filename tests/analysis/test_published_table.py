"""RecurrentGemma (arXiv 2404.07839v2, Table 5) and Gemma 1.1 (arXiv 2403.08295, Table 5), all in percent.

The reports give no number of judgments. A pooled Wilson interval fits all four safety cells at n = 1,217 and
all four instruction cells at n = 2,641, so these stand for the two prompt sets.
"""

import pytest

from analysis.proportions import wilson
from analysis.tables import read_judgments
from analysis.win_rate import win_rate

SAFETY, INSTRUCTION = 1217, 2641
PUBLISHED = [  # judgments; win rate, low, high; wins, ties, losses
    pytest.param(SAFETY, (59.8, 57.1, 62.6), (47.5, 24.6, 27.9), id="RecurrentGemma-2B safety"),
    pytest.param(SAFETY, (59.9, 57.1, 62.6), (44.6, 30.7, 24.8), id="RecurrentGemma-9B safety"),
    pytest.param(SAFETY, (60.1, 57.3, 62.8), (48.5, 23.2, 28.3), id="Gemma-1.1-2B safety"),
    pytest.param(SAFETY, (63.5, 60.7, 66.1), (51.5, 23.9, 24.6), id="Gemma-1.1-7B safety"),
    pytest.param(INSTRUCTION, (43.7, 41.8, 45.6), (34.5, 18.3, 47.2), id="RecurrentGemma-2B instruction"),
    pytest.param(INSTRUCTION, (59.3, 57.4, 61.2), (50.1, 18.3, 31.5), id="RecurrentGemma-9B instruction"),
    pytest.param(INSTRUCTION, (45.0, 43.1, 46.9), (37.1, 15.8, 47.1), id="Gemma-1.1-2B instruction"),
    pytest.param(INSTRUCTION, (61.2, 59.3, 63.0), (52.2, 18.1, 29.8), id="Gemma-1.1-7B instruction"),
]
ROUNDING = 1e-9


@pytest.mark.parametrize(("n", "interval", "shares"), PUBLISHED)
def test_published_shares_give_the_published_interval(n, interval, shares):
    rate = shares[0] + shares[1] / 2
    ends = wilson(rate / 100 * n, n)
    assert abs(rate - interval[0]) <= 0.05 + ROUNDING
    assert abs(100 * ends.low - interval[1]) <= 0.1
    assert abs(100 * ends.high - interval[2]) <= 0.1


@pytest.mark.parametrize(("n", "interval", "shares"), PUBLISHED)
def test_a_table_with_these_shares_gives_the_published_figures_as_printed(n, interval, shares):
    wins, ties = counts_nearest_to(n, interval[0], shares)
    outcomes = ["win"] * wins + ["tie"] * ties + ["loss"] * (n - wins - ties)
    prompts, raters = [f"{row // 3}" for row in range(n)], [f"{row % 3}" for row in range(n)]
    paper = win_rate(read_judgments({"prompt_id": prompts, "rater_id": raters, "outcome": outcomes})).paper
    assert abs(100 * paper.value - interval[0]) <= 0.05
    assert abs(round(100 * paper.low, 1) - interval[1]) <= 0.1 + ROUNDING
    assert abs(round(100 * paper.high, 1) - interval[2]) <= 0.1 + ROUNDING


def counts_nearest_to(n, rate, shares):
    """Whole wins and ties, within one of their rounded shares, whose win rate is nearest to the printed one."""
    wins, ties = (round(n * share / 100) for share in shares[:2])
    near = [(w, t) for w in (wins - 1, wins, wins + 1) for t in (ties - 1, ties, ties + 1)]
    return min(near, key=lambda counts: abs(100 * (counts[0] + counts[1] / 2) / n - rate))
