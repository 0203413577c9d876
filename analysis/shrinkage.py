"""Several noisy values pulled towards their common mean, as far as their noise says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.proportions import normal_quantile
from analysis.variance import Floats

FEWEST = 3  # with two values, how much they truly differ cannot be told from noise
METHOD = "empirical Bayes, normal"


@dataclass(frozen=True)
class Shrunk:
    """`kept` is the share of its distance from the mean that the raw value kept: 0 all noise, 1 none."""

    value: float
    low: float
    high: float
    level: float
    method: str
    kept: float


def shrunk(values: Sequence[float], variances: Sequence[float], level: float = 0.95) -> list[Shrunk] | None:
    """Each value's expectation if all came from one normal distribution; ends cut to [0, 1].

    None with fewer than three values. The spread between values is DerSimonian and Laird's (1986), Controlled
    Clinical Trials 7, 177-188; its own error is not in the interval. Values that share raters err together,
    which is not in it either.
    Source: Morris (1983), JASA 78, 47-55.
    """
    if len(values) < FEWEST:
        return None
    raw, V = np.array(values), np.array(variances)
    if np.any(V <= 0):
        raise ValueError("variances are above 0: a value without noise cannot be weighed")
    between = _between(raw, V)
    weights = 1 / (between + V)
    mean = np.sum(weights * raw) / np.sum(weights)
    kept = between / (between + V)
    middle = mean + kept * (raw - mean)
    half = normal_quantile(level) * np.sqrt(kept * V + (1 - kept) ** 2 / np.sum(weights))
    ends = np.clip([middle - half, middle + half], 0, 1).T.tolist()
    return [
        Shrunk(float(value), low, high, level, METHOD, float(share))
        for value, (low, high), share in zip(middle, ends, kept, strict=True)
    ]


def _between(values: Floats, V: Floats) -> float:
    weights = 1 / V
    mean = np.sum(weights * values) / np.sum(weights)
    excess = np.sum(weights * (values - mean) ** 2) - (len(values) - 1)
    return max(0.0, float(excess / (np.sum(weights) - np.sum(weights**2) / np.sum(weights))))
