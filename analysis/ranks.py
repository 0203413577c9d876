"""Ranks that hold all together: every pair tested, Holm-adjusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from analysis.sandwich import Covariance
from analysis.significance import holm
from analysis.variance import NOTHING, Floats


@dataclass(frozen=True)
class Ranks:
    """Of each checkpoint: its place by strength, the best and worst place that cannot be excluded, and its ties."""

    rank: tuple[int, ...]
    best: tuple[int, ...]
    worst: tuple[int, ...]
    tied: tuple[tuple[int, ...], ...]


def ranked(strengths: Floats, covariance: Covariance, level: float) -> Ranks:
    """With chance `level` no pair is put in the wrong order, so all true ranks lie between best and worst.

    Sources: Holm (1979), Scandinavian Journal of Statistics 6, 65-70; ranks from all pairwise differences:
    Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91, 476-518.
    """
    M = len(strengths)
    apart = strengths[:, None] - strengths[None, :]
    V, df = covariance.differences(M)
    t = np.abs(apart) / np.sqrt(np.maximum(V, NOTHING))
    p = np.where(V > NOTHING, 2 * stdtr(df, -t), 1.0)
    upper = np.triu_indices(M, 1)
    told = np.zeros((M, M), np.bool_)
    told[upper] = np.array(holm(p[upper].tolist())) <= 1 - level
    told |= told.T
    better, worse = (told & (apart < 0)).sum(axis=1), (told & (apart > 0)).sum(axis=1)
    return Ranks(
        rank=tuple((1 + (apart < 0).sum(axis=1)).tolist()),
        best=tuple((1 + better).tolist()),
        worst=tuple((M - worse).tolist()),
        tied=tuple(tuple(np.flatnonzero(~told[k] & (np.arange(M) != k)).tolist()) for k in range(M)),
    )
