"""The interval of the RecurrentGemma and Gemma reports: too narrow, kept to compare with them."""

from __future__ import annotations

import math

from analysis.estimates import Estimate
from analysis.proportions import wilson

PAPER = "pooled Wilson over judgments"


def paper_win_rate(wins: int, ties: int, losses: int, level: float = 0.95) -> Estimate:
    """The published interval: Wilson over judgments as if all were independent, ties split evenly.

    Source: RecurrentGemma (arXiv 2404.07839), Table 5; which interval it is was inferred from its figures.
    """
    n = wins + ties + losses
    interval = wilson(wins + ties / 2, n, level)
    value = (wins + ties / 2) / n
    se = math.sqrt(value * (1 - value) / n)
    return Estimate(value, interval.low, interval.high, level, PAPER, "judgments", float(n), se, None)
