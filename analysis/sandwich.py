"""Cluster-robust covariance of fitted strengths: prompts, raters, and the cells of both."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.battles import Battles
from analysis.davidson import FEATURES, Fit, probabilities
from analysis.influence import FEW_RATERS
from analysis.variance import Floats, max_rule

# What loss, tie and win give the first one's strength, and the tie (davidson.FEATURES).
SAID = np.array([[0.0, 0.0], [0.5, 1.0], [1.0, 0.0]])
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # odd, and without pattern: its products spread over the high bits
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

    With fewer than five raters the spread between them is not estimable, and the covariance is that of new prompts
    and these raters, as in the headline.
    Sources: Liang and Zeger (1986), Biometrika 73, 13-22; Cameron, Gelbach and Miller (2011), JBES 29, 238-249.
    """
    scores = _Scores.of(fit, battles)
    P, R = battles.prompts, battles.raters
    if R < FEW_RATERS:
        return _of_new_prompts(scores.clustered(battles.prompt, P), fit, P)
    with ThreadPoolExecutor(2) as together:  # NumPy counts outside Python's lock; the longest task goes first
        by_cell = together.submit(_by_cell, fit, battles, scores)
        by_prompt = together.submit(scores.clustered, battles.prompt, P)
        by_rater = together.submit(scores.clustered, battles.rater, R)
    meat_i, cells = by_cell.result()
    return Covariance(
        p=_covariance(by_prompt.result(), fit, P),
        r=_covariance(by_rater.result(), fit, R),
        i=_covariance(meat_i, fit, cells),
        df_p=P - 1.0,
        df_r=R - 1.0,
        df_i=cells - 1.0,
    )


def _of_new_prompts(meat: Floats, fit: Fit, prompts: int) -> Covariance:
    V_p, df = _covariance(meat, fit, prompts), prompts - 1.0
    return Covariance(p=V_p, r=np.zeros_like(V_p), i=np.zeros_like(V_p), df_p=df, df_r=df, df_i=df)


def _covariance(meat: Floats, fit: Fit, clusters: int) -> Floats:
    scale = clusters / (clusters - 1) if clusters > 1 else 0.0
    result: Floats = scale * fit.bread @ meat @ fit.bread
    return result


def _by_cell(fit: Fit, battles: Battles, scores: _Scores) -> tuple[Floats, int]:
    """Sum over cells of prompt and rater of (sum of scores) (sum of scores)ᵀ, and how many cells there are."""
    cell, repeated = _cells(battles, battles.raters)
    cells = len(battles) if not repeated.size else len(battles) - repeated.size + int(cell.max()) + 1
    meat = (
        scores.alone() if fit.pairs.covariates.shape[1] else _Scores.of_kinds(fit).alone(_times(fit, battles))
    )
    if repeated.size:
        meat = meat + scores.taken(repeated).together(cell)
    return meat, cells


@dataclass(frozen=True, eq=False)
class _Scores:
    """Each judgment's score: `strength` for the first one, the same with its sign turned for the other, and a row
    of `shared` for each parameter that all judgments share.

    These are the tie, the order and the covariates; the last are multiples of `strength`, as an outcome gives the
    order what it gives the first (davidson.FEATURES).
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    strength: Floats
    shared: Floats
    checkpoints: int

    @classmethod
    def of(cls, fit: Fit, battles: Battles) -> _Scores:
        pairs, M = fit.pairs, fit.pairs.checkpoints
        if pairs.covariates.shape[1]:
            expected = probabilities(pairs, fit.parameters) @ FEATURES[pairs.model][:, [0, 2]]
            strength, tie = (SAID[battles.points] - expected).T
            shared = np.stack(
                [tie * bool(fit.free[M]), strength, *(strength * x for x in pairs.covariates.T)]
            )
        else:
            of_cell, kinds = np.zeros((2, M * M * 3)), cls.of_kinds(fit)
            places = (3 * (kinds.first * M + kinds.second).reshape(-1, 3) + np.arange(3)).ravel()
            of_cell[:, places] = _addable(kinds.shared, len(battles))
            shared = of_cell[:, battles.cells]
            strength = shared[1]
        return cls(battles.first, battles.second, strength, shared, M)

    @classmethod
    def of_kinds(cls, fit: Fit) -> _Scores:
        """One row for each ordered pair that met and each outcome: without covariates their score is the same."""
        pairs, M = fit.pairs, fit.pairs.checkpoints
        expected = probabilities(pairs, fit.parameters) @ FEATURES[pairs.model][:, [0, 2]]
        strength, tie = (SAID[None, :, :] - expected[:, None, :]).reshape(-1, 2).T
        sides = (np.repeat(pairs.first, 3), np.repeat(pairs.second, 3))
        return cls(*sides, strength, np.stack([tie * bool(fit.free[M]), strength]), M)

    def taken(self, rows: NDArray[np.intp]) -> _Scores:
        columns = (self.first[rows], self.second[rows], self.strength[rows], self.shared[:, rows])
        return _Scores(*columns, self.checkpoints)

    def alone(self, times: Floats | float = 1.0) -> Floats:
        """Sum over judgments of score scoreᵀ; each row counts so many times."""
        M, K = self.checkpoints, self.checkpoints + len(self.shared)
        met = np.bincount(self.first * M + self.second, times * self.strength**2, M * M).reshape(M, M)
        total = np.zeros((K, K))
        total[:M, :M] = np.diag(met.sum(axis=0) + met.sum(axis=1)) - met - met.T
        for place, one in enumerate(self.shared, start=M):
            product = times * self.strength * one
            crossed = np.bincount(self.first, product, M) - np.bincount(self.second, product, M)
            total[:M, place] = total[place, :M] = crossed
        total[M:, M:] = (times * self.shared) @ self.shared.T
        return total

    def together(self, cluster: NDArray[np.intp]) -> Floats:
        """What clusters add to that: the products of different judgments within one cluster."""
        return self.clustered(cluster, int(cluster.max()) + 1) - self.alone()

    def clustered(self, cluster: NDArray[np.intp], clusters: int) -> Floats:
        """Sum over clusters of (sum of scores) (sum of scores)ᵀ."""
        M, K = self.checkpoints, self.checkpoints + len(self.shared)
        if clusters * K > min(MOST_DENSE, 32 * len(cluster)):
            return self._sparse(cluster, clusters)
        at = cluster * M  # changed in place: memory is what a large leaderboard runs out of
        at += self.first
        won = np.bincount(at, self.strength, clusters * M)
        at += self.second - self.first
        won -= np.bincount(at, self.strength, clusters * M)
        del at
        table = np.empty((clusters, K))
        table[:, :M] = won.reshape(clusters, M)
        for place, one in enumerate(self.shared, start=M):
            table[:, place] = np.bincount(cluster, one, clusters)
        result: Floats = table.T @ table
        return result

    def _sparse(self, cluster: NDArray[np.intp], clusters: int) -> Floats:
        from scipy.sparse import csr_array

        n, M, extra = len(cluster), self.checkpoints, len(self.shared)
        values = np.concatenate([self.strength, -self.strength, self.shared.ravel()])
        at = np.concatenate([self.first, self.second, np.repeat(np.arange(M, M + extra), n)])
        table = csr_array((values, (np.tile(cluster, 2 + extra), at)), shape=(clusters, M + extra))
        return np.asarray((table.T @ table).toarray(), np.float64)


def _addable(scores: Floats, n: int) -> Floats:
    """Scores from -1 to 1 rounded to so many binary places (31 for two million rows) that sums of n are exact.

    What is exact does not depend on the order in which it is added up.
    """
    places = 2.0 ** (52 - n.bit_length())
    rounded: Floats = np.round(scores * places) / places
    return rounded


def _times(fit: Fit, battles: Battles) -> Floats:
    """How often each pair and outcome came, in the order of `_Scores.of_kinds`."""
    return battles.counts[fit.pairs.first, fit.pairs.second].ravel()


def _cells(battles: Battles, raters: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that share their prompt and rater with another row: the number of their cell, and their places.

    Linear in the rows: most are alone in one of 2 to 4 buckets a row, by their last bits and then by a hash of all,
    so few have to be sorted.
    """
    cell = battles.prompt * raters + battles.rater
    crowded = _sharing(cell & ((1 << (len(cell).bit_length() + 1)) - 1))
    hashed = cell[crowded].astype(np.uint64) * GOLDEN >> np.uint64(62 - len(crowded).bit_length())
    crowded = crowded[_sharing(hashed.astype(np.intp))]
    _, code, times = np.unique(cell[crowded], return_inverse=True, return_counts=True)
    again = times[code] > 1
    number = np.cumsum(times > 1) - 1
    number, rows = number[code[again]], crowded[again]
    order = np.lexsort(
        [battles.cells[rows], number]
    )  # products of scores are not exact: one order for their sums
    return number[order], rows[order]


def _sharing(bucket: NDArray[np.intp]) -> NDArray[np.intp]:
    """The places of the rows that are not alone in their bucket."""
    if not bucket.size:
        return bucket
    return np.flatnonzero((np.bincount(bucket) > 1)[bucket])
