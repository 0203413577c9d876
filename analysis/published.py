"""Published win rates to stand beside ours, and the interval they are given with: too narrow, kept to compare."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.estimates import Estimate
from analysis.proportions import wilson

PAPER = "pooled Wilson over judgments"
RECURRENT_GEMMA = "RecurrentGemma (arXiv 2404.07839), Table 5"


@dataclass(frozen=True)
class Published:
    """A win rate of `model` against Mistral-7B-Instruct-v0.2 as its report gives it, ties split evenly."""

    model: str
    prompts: str  # instruction or safety
    value: float
    low: float
    high: float
    source: str = RECURRENT_GEMMA


PUBLISHED = (
    Published("RecurrentGemma-2B-IT", "instruction", 0.437, 0.418, 0.456),
    Published("Gemma-1.1-2B-IT", "instruction", 0.450, 0.431, 0.469),
    Published("RecurrentGemma-2B-IT", "safety", 0.598, 0.571, 0.626),
)


def paper_win_rate(wins: int, ties: int, losses: int, level: float = 0.95) -> Estimate:
    """The published interval: Wilson over judgments as if all were independent, ties split evenly.

    Source: RecurrentGemma (arXiv 2404.07839), Table 5; which interval it is was inferred from its figures.
    """
    n = wins + ties + losses
    interval = wilson(wins + ties / 2, n, level)
    value = (wins + ties / 2) / n
    se = math.sqrt(value * (1 - value) / n)
    return Estimate(value, interval.low, interval.high, level, PAPER, "judgments", float(n), se, None)
