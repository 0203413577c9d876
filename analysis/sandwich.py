"""Cluster-robust covariance of fitted strengths: prompts, raters, and the cells of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.battles import Battles
from analysis.davidson import FEATURES, Fit, places, probabilities
from analysis.variance import Floats, max_rule

MOST_DENSE = 2**25  # numbers in a table of clusters x parameters; beyond, or where most are 0, a sparse one


@dataclass(frozen=True, eq=False)
class Covariance:
    """Over the parameters, for new prompts (p), new raters (r) and single cells of both (i)."""

    p: Floats
    r: Floats
    i: Floats
    df_p: float
    df_r: float
    df_i: float

    def contrast(self, c: Floats) -> tuple[Floats, Floats]:
        """Variance and degrees of freedom of each row of contrasts."""
        V_p, V_r, V_i = (((c @ V) * c).sum(axis=1) for V in (self.p, self.r, self.i))
        return max_rule(V_p, V_r, V_i, self.df_p, self.df_r, self.df_i)

    def differences(self, checkpoints: int) -> tuple[Floats, Floats]:
        """Variance and degrees of freedom of each strength less each other, as tables."""
        parts = []
        for V in (self.p, self.r, self.i):
            own = np.diag(V)[:checkpoints]
            inner = V[:checkpoints, :checkpoints]
            parts.append(own[:, None] + own[None, :] - inner - inner.T)
        return max_rule(parts[0], parts[1], parts[2], self.df_p, self.df_r, self.df_i)


def sandwich(fit: Fit, battles: Battles) -> Covariance:
    """bread · (sum over clusters of score scoreᵀ) · bread, times G/(G-1), for each kind of cluster.

    With one rater alone the raters' part is nothing.
    Sources: Liang and Zeger (1986), Biometrika 73, 13-22; Cameron, Gelbach and Miller (2011), JBES 29, 238-249.
    """
    scores = _Scores.of(fit, battles)
    P, R = int(battles.prompt.max()) + 1, int(battles.rater.max()) + 1
    cell, repeated = _cells(battles, R)
    cells = len(battles) if not repeated.size else len(battles) - repeated.size + int(cell.max()) + 1
    meat_i = scores.alone() + (scores.taken(repeated).together(cell) if repeated.size else 0)

    def covariance(meat: Floats, clusters: int) -> Floats:
        scale = clusters / (clusters - 1) if clusters > 1 else 0.0
        result: Floats = scale * fit.bread @ meat @ fit.bread
        return result

    return Covariance(
        p=covariance(scores.clustered(battles.prompt, P), P),
        r=covariance(scores.clustered(battles.rater, R), R),
        i=covariance(meat_i, cells),
        df_p=P - 1.0,
        df_r=max(R - 1.0, 1.0),
        df_i=max(cells - 1.0, 1.0),
    )


@dataclass(frozen=True, eq=False)
class _Scores:
    """Each judgment's score in its four local coordinates, and where these stand among the parameters.

    Judgments of one pair and outcome share a score: `kind` is its number.
    """

    kind: NDArray[np.intp]
    values: Floats
    at: NDArray[np.intp]
    parameters: int

    @classmethod
    def of(cls, fit: Fit, battles: Battles) -> _Scores:
        pairs, M = fit.pairs, fit.pairs.checkpoints
        features = FEATURES[pairs.model]
        p = probabilities(pairs, fit.parameters)
        said = np.array([features[0], features[[0, -1]].mean(axis=0), features[-1]])  # a tie is half of each
        if pairs.model == "davidson":
            said = features
        values = (said[None, :, :] - (p @ features)[:, None, :]).reshape(-1, 4)
        number = np.zeros(M * M, np.intp)
        number[pairs.first * M + pairs.second] = np.arange(len(pairs.first))
        kind = number[battles.first * M + battles.second] * 3 + battles.points
        return cls(kind, values, np.repeat(places(pairs), 3, axis=0), len(fit.parameters))

    def taken(self, rows: NDArray[np.intp]) -> _Scores:
        return _Scores(self.kind[rows], self.values, self.at, self.parameters)

    def alone(self) -> Floats:
        """Sum over judgments of score scoreᵀ."""
        times = np.bincount(self.kind, minlength=len(self.values))
        return self._outer(self.values, self.at, times.astype(np.float64))

    def together(self, cluster: NDArray[np.intp]) -> Floats:
        """What clusters add to that: the products of different judgments within one cluster."""
        return self.clustered(cluster, int(cluster.max()) + 1) - self.alone()

    def clustered(self, cluster: NDArray[np.intp], clusters: int) -> Floats:
        """Sum over clusters of (sum of scores) (sum of scores)ᵀ."""
        K = self.parameters
        if clusters * K > min(MOST_DENSE, 32 * len(cluster)):
            return self._sparse(cluster, clusters)
        table = np.zeros((clusters, K))
        start = cluster * K
        for column in (0, 1):  # the strengths of the two
            place, value = self.at[:, column], self.values[:, column]
            cell = start + place[self.kind]
            table += np.bincount(cell, value[self.kind], clusters * K).reshape(clusters, K)
        for column in (2, 3):  # the tie and the order, the same parameter in every row
            table[:, K - 4 + column] = np.bincount(cluster, self.values[self.kind, column], clusters)
        result: Floats = table.T @ table
        return result

    def _sparse(self, cluster: NDArray[np.intp], clusters: int) -> Floats:
        from scipy.sparse import csr_array

        values, at = self.values[self.kind], self.at[self.kind]
        rows = np.repeat(cluster, 4)
        table = csr_array((values.ravel(), (rows, at.ravel())), shape=(clusters, self.parameters))
        return np.asarray((table.T @ table).toarray(), np.float64)

    def _outer(self, values: Floats, at: NDArray[np.intp], times: Floats) -> Floats:
        K = self.parameters
        products = times[:, None, None] * values[:, :, None] * values[:, None, :]
        cell = at[:, :, None] * K + at[:, None, :]
        return np.bincount(cell.ravel(), products.ravel(), K * K).reshape(K, K).astype(np.float64)


def _cells(battles: Battles, raters: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that share their prompt and rater with another row: the number of their cell, and their places."""
    n, cell = len(battles), battles.prompt * raters + battles.rater
    bits = n.bit_length()
    if int(cell.max()).bit_length() + bits > 62:
        cell = np.unique(cell, return_inverse=True)[1]
    packed = np.sort((cell << bits) | np.arange(n))  # cell and row in one number: far faster than argsort
    ordered = packed >> bits
    again = ordered[1:] == ordered[:-1]
    among = np.concatenate([[False], again]) | np.concatenate([again, [False]])
    starts = np.concatenate([[True], ~again])[among]
    return np.cumsum(starts) - 1, packed[among] & ((1 << bits) - 1)
