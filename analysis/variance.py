"""Variance of a mean over judgments that share prompts and raters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Labelled

Floats = NDArray[np.float64]

# Below this variance on the share scale only rounding is left: a real one would need 1e22 judgments.
NOTHING = 1e-24


@dataclass(frozen=True)
class Variance:
    """A variance with its degrees of freedom."""

    value: float
    df: float
    lopsided: bool = False

    @property
    def se(self) -> float:
        return float(np.sqrt(self.value))


def clustered(influence: Floats, cluster: Labelled) -> float:
    """G/(G-1) times the sum of squared cluster totals of the influence, for G >= 2 clusters.

    Source: Liang and Zeger (1986), Biometrika 73, 13-22.
    """
    totals = np.bincount(cluster.codes, weights=influence, minlength=len(cluster))
    return len(cluster) / (len(cluster) - 1) * float(np.sum(totals * totals))


def prompt_variance(influence: Floats, prompt: Labelled) -> Variance:
    """Prompts drawn anew, these raters kept.

    Source: Liang and Zeger (1986), Biometrika 73, 13-22.
    """
    return Variance(clustered(influence, prompt), len(prompt) - 1.0)


@dataclass(frozen=True)
class Evenness:
    """How many raters of equal weight would be as even as these."""

    effective: float
    raters: int

    @property
    def lopsided(self) -> bool:
        """Whether a few raters did most."""
        return self.effective < self.raters / 2


def evenness(weights: Floats, rater: Labelled) -> Evenness:
    return Evenness(effective_number(weights, rater), len(rater))


def two_way_variance(
    influence: Floats,
    weights: Floats,
    prompt: Labelled,
    rater: Labelled,
    left_out: Floats | None = None,
    even: Evenness | None = None,
) -> Variance:
    """Prompts and raters both drawn anew: V = max(V_p + V_r - V_i, V_p, V_r), Satterthwaite's df, clipped.

    Args: influence: w_i (y_i - theta), one a judgment.  weights: w_i, summing to one: they tell how
        lopsided the raters' shares are.  left_out: what theta loses where each rater is left out, where theta is
        not one weighted mean; otherwise told from the weights.  even: of the raters, if not that of the weights.
    Where 1 / sum(share of rater)^2 < R/2 a few raters did most, and V_r becomes the leave-one-rater-out
    jackknife (weights of the others kept, rescaled) on that effective number of raters.
    Sources: Cameron, Gelbach and Miller (2011), JBES 29, 238-249; Satterthwaite (1946), Biometrics Bulletin
    2, 110-114; jackknife: Bell and McCaffrey (2002), Survey Methodology 28, 169-181.
    """
    P, R, n = len(prompt), len(rater), len(influence)
    if P < 2 or R < 2:
        raise ValueError(f"{P} prompts and {R} raters: two or more of each are needed")
    even = even or evenness(weights, rater)
    V_p, V_i = clustered(influence, prompt), n / (n - 1) * float(np.sum(influence * influence))
    if left_out is None:
        left_out = without_each(influence, weights, rater)
    V_r = (R - 1) / R * float(np.sum(left_out**2)) if even.lopsided else clustered(influence, rater)
    df_r = max(even.effective - 1, 1.0) if even.lopsided else R - 1.0
    V, df = max_rule(np.array([V_p]), np.array([V_r]), np.array([V_i]), P - 1.0, df_r, n - 1.0)
    return Variance(float(V[0]), float(df[0]), even.lopsided)


def max_rule(
    V_p: Floats, V_r: Floats, V_i: Floats, df_p: float, df_r: float, df_i: float
) -> tuple[Floats, Floats]:
    """max(V_p + V_r - V_i, V_p, V_r) of each, with Satterthwaite's degrees of freedom, clipped to its parts'."""
    V = np.maximum.reduce([V_p + V_r - V_i, V_p, V_r, np.zeros_like(V_p)])  # rounding may leave -1e-33
    scale = V_r**2 / df_r + V_p**2 / df_p + V_i**2 / df_i
    fewest, some = min(df_p, df_r), V > NOTHING
    df = np.clip(V**2 / np.where(some, scale, 1.0), fewest, max(df_p, df_r))
    return V, np.where(some, df, fewest)


def effective_number(weights: Floats, cluster: Labelled) -> float:
    """How many clusters of equal weight would be as even: 1 / sum of squared shares (Kish 1965)."""
    shares = weight_shares(weights, cluster)
    return 1 / float(np.sum(shares * shares))


def weight_shares(weights: Floats, cluster: Labelled) -> Floats:
    """Each cluster's share of the weights, which sum to one."""
    shares: Floats = np.bincount(cluster.codes, weights=weights, minlength=len(cluster)).astype(np.float64)
    return shares


def without_each(influence: Floats, weights: Floats, cluster: Labelled) -> Floats:
    """What a weighted mean loses where each cluster is left out; 0 where nothing is left."""
    totals = np.bincount(cluster.codes, weights=influence, minlength=len(cluster))
    others = 1 - weight_shares(weights, cluster)
    return np.divide(totals, others, out=np.zeros(len(cluster)), where=others > NOTHING)
