"""Strengths of checkpoints from paired comparisons with ties, by Newton's method on counts.

Davidson: P(i beats j) : P(tie) : P(j beats i) = a : ν sqrt(a b) : b, where i was shown first, a = π_i e^δ, b = π_j
and log π sums to zero. Bradley-Terry: no tie category; a tie is half a win for each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.reading import TableError
from analysis.variance import Floats

Model = Literal["davidson", "bradley-terry"]
# What an outcome adds to its log-odds, in the local coordinates (first, second, tie, order): loss, tie, win.
FEATURES: dict[Model, Floats] = {
    "davidson": np.array([[0.0, 1, 0, 0], [0.5, 0.5, 1, 0.5], [1, 0, 0, 1]]),
    "bradley-terry": np.array([[0.0, 1, 0, 0], [1, 0, 0, 1]]),
}
MOST_STEPS = 100
TOLERANCE = 1e-10
FLAT = 1e12  # condition of an information that says nothing in some direction: the climb went on without end


@dataclass(frozen=True, eq=False)
class Pairs:
    """Each ordered pair that met, with its counts of losses, ties (Davidson) and wins of the first.

    With covariates (first less second, one column each) every judgment is a pair of its own.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    counts: Floats
    covariates: Floats
    checkpoints: int
    model: Model

    @classmethod
    def of(cls, counts: Floats, model: Model) -> Pairs:
        """From counts [first, second, half points of the first]."""
        first, second = np.nonzero(counts.sum(axis=2))
        met = _categories(counts[first, second], model)
        return cls(first, second, met, np.zeros((len(first), 0)), len(counts), model)

    @classmethod
    def of_rows(
        cls,
        first: NDArray[np.intp],
        second: NDArray[np.intp],
        points: NDArray[np.integer],
        covariates: Floats,
        checkpoints: int,
        model: Model,
    ) -> Pairs:
        """From single judgments."""
        return cls(first, second, _categories(np.eye(3)[points], model), covariates, checkpoints, model)


@dataclass(frozen=True, eq=False)
class Fit:
    """Parameters: log strengths, log ν, δ, then one for each covariate; `free` are those that were estimated.

    `bread` is the inverse of the information on the free parameters (zero elsewhere), for strengths that sum to
    zero. `held` are checkpoints whose own counts have no finite maximum and were held by a prior.
    """

    parameters: Floats
    free: NDArray[np.bool_]
    bread: Floats
    held: tuple[int, ...]
    pairs: Pairs

    @property
    def strengths(self) -> Floats:
        return self.parameters[: self.pairs.checkpoints]

    @property
    def log_tie(self) -> float | None:
        return self._known(self.pairs.checkpoints)

    @property
    def order(self) -> float | None:
        return self._known(self.pairs.checkpoints + 1)

    def _known(self, place: int) -> float | None:
        return float(self.parameters[place]) if self.free[place] else None


def fit(counts: Floats, *, model: Model = "davidson", ordered: bool = True, rows: Pairs | None = None) -> Fit:
    """The likeliest strengths.

    Args: counts: [first, second, half points of the first]; all must be connected (`groups`).  ordered: fit the
        order effect δ.  rows: the same judgments one by one, with covariates; they move the odds like δ does.
    Raises: TableError where all are ties, or the likelihood has no maximum.
    A checkpoint that won or lost everything (or a group of them against the rest) has no finite strength: its
    prior is half a win and half a loss against a checkpoint of average strength, and it is named in `held`; where
    there was no upset at all, that is everyone.
    Sources: Davidson (1970), JASA 65, 317-328; order effect: Davidson and Beaver (1977), Biometrics 33, 693-702;
    Bradley and Terry (1952), Biometrika 39; prior: log-F(1, 1), Greenland and Mansournia (2015), Statistics in
    Medicine 34, 3133-3143.
    """
    ties = float(counts[:, :, 1].sum())
    if ties == counts.sum():
        raise TableError("every judgment is a tie: strengths cannot be told apart")
    pairs, held = rows or Pairs.of(counts, model), _held(counts)
    M = pairs.checkpoints
    free = np.ones(M + 2 + pairs.covariates.shape[1], np.bool_)
    free[M] = model == "davidson" and ties > 0
    met = counts.sum(axis=2)
    free[M + 1] = ordered and bool(np.any((met > 0) & (met.T > 0)))  # else it cannot be told from the pair
    if model == "davidson" and not ties:
        pairs = replace(pairs, counts=pairs.counts[:, [0, 2]], model="bradley-terry")
    everyone = tuple(range(M))
    found = _climbed(pairs, free, held) or _climbed(
        pairs, free, everyone
    )  # no upset at all: nothing is finite
    if found is None:
        raise TableError(
            "the strengths did not settle: one order or outcome may be all there is; add judgments"
        )
    return found


def _climbed(pairs: Pairs, free: NDArray[np.bool_], held: tuple[int, ...]) -> Fit | None:
    """The top of the likelihood by Newton's method, None where it has no finite one."""
    M, parameters = pairs.checkpoints, np.zeros(len(free))
    for _ in range(MOST_STEPS):
        gradient, information = _derivatives(pairs, parameters, held)
        try:
            step = _newton_step(gradient, information, free, M)
        except np.linalg.LinAlgError:
            return None
        if np.abs(step).max() < TOLERANCE:
            if np.linalg.cond(_anchored(information, np.flatnonzero(free), M)) > FLAT:
                return None
            return Fit(parameters, free, _inverse(information, free, M), held, pairs)
        parameters = parameters + step / max(1.0, float(np.abs(step).max()))  # at most 1, or it may overshoot
    return None


def probabilities(pairs: Pairs, parameters: Floats) -> Floats:
    """Of loss, tie (Davidson) and win of the first of each pair."""
    features, M = FEATURES[pairs.model], pairs.checkpoints
    order = parameters[M + 1] + pairs.covariates @ parameters[M + 2 :]
    logs = (  # a row for each outcome: long rows are what NumPy is fast at
        np.outer(features[:, 0], parameters[pairs.first])
        + np.outer(features[:, 1], parameters[pairs.second])
        + parameters[M] * features[:, [2]]
        + np.outer(features[:, 3], order)
    )
    odds = np.exp(logs - logs.max(axis=0))
    shares: Floats = (odds / odds.sum(axis=0)).T
    return shares


def groups(counts: Floats) -> NDArray[np.intp]:
    """The number of the group of each checkpoint, all of whose members are linked by comparisons."""
    from scipy.sparse.csgraph import connected_components

    return np.asarray(connected_components(counts.sum(axis=2) > 0, directed=False)[1], np.intp)


def _categories(outcomes: Floats, model: Model) -> Floats:
    """Losses, ties and wins, or, where the model has no ties, with half of them on each side."""
    return outcomes if model == "davidson" else outcomes[:, [0, 2]] + outcomes[:, [1]] / 2


def _derivatives(pairs: Pairs, parameters: Floats, held: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Gradient and information (the negative Hessian) of the log-likelihood, with the prior of the held.

    What an outcome gives the first and the second adds up to one, so the second's part is the first's turned round.
    """
    M, K, features = pairs.checkpoints, len(parameters), FEATURES[pairs.model][:, [0, 2]]
    p, n = probabilities(pairs, parameters), pairs.counts.sum(axis=1)
    mean = p @ features
    strength, tie = ((pairs.counts - n[:, None] * p) @ features).T
    products = p @ np.column_stack([features**2, features.prod(axis=1)])
    spread, tied = (n[:, None] * (products[:, :2] - mean**2)).T
    crossed = n * (products[:, 2] - mean.prod(axis=1))
    order = np.column_stack([np.ones(len(n)), pairs.covariates])  # what δ and each covariate multiply
    gradient, information = np.zeros(K), np.zeros((K, K))
    gradient[:M] = _turned(pairs, strength)
    gradient[M:] = [tie.sum(), *(strength @ order)]
    met = np.bincount(pairs.first * M + pairs.second, spread, M * M).reshape(M, M)
    information[:M, :M] = np.diag(met.sum(axis=0) + met.sum(axis=1)) - met - met.T
    for place, shared in enumerate([crossed, *(order * spread[:, None]).T], start=M):
        information[:M, place] = information[place, :M] = _turned(pairs, shared)
    information[M, M] = tied.sum()
    information[M, M + 1 :] = information[M + 1 :, M] = crossed @ order
    information[M + 1 :, M + 1 :] = (order * spread[:, None]).T @ order
    for one in held:
        chance = 1 / (1 + np.exp(-parameters[one]))
        gradient[one] += 0.5 - chance
        information[one, one] += chance * (1 - chance)
    return gradient, information


def _turned(pairs: Pairs, values: Floats) -> Floats:
    """Sums over the pairs in which each checkpoint was first, less those in which it was second."""
    M = pairs.checkpoints
    won, lost = (np.bincount(codes, values, M).astype(np.float64) for codes in (pairs.first, pairs.second))
    return won - lost


def _newton_step(gradient: Floats, information: Floats, free: NDArray[np.bool_], M: int) -> Floats:
    chosen, step, along = np.flatnonzero(free), np.zeros_like(gradient), gradient.copy()
    along[:M] -= along[:M].mean()
    step[chosen] = np.linalg.solve(_anchored(information, chosen, M), along[chosen])
    return step


def _inverse(information: Floats, free: NDArray[np.bool_], M: int) -> Floats:
    """Inverse on the free parameters, along strengths that sum to zero."""
    chosen, inverse = np.flatnonzero(free), np.zeros_like(information)
    inverse[np.ix_(chosen, chosen)] = np.linalg.inv(_anchored(information, chosen, M))
    centre = np.eye(len(free))
    centre[:M, :M] -= 1.0 / M
    projected: Floats = centre @ inverse @ centre
    return projected


def _anchored(information: Floats, chosen: NDArray[np.intp], M: int) -> Floats:
    """On the free parameters, along strengths that sum to zero, and one in the direction in which all move alike."""
    inner = information[np.ix_(chosen, chosen)]
    inner[:M] -= inner[:M].mean(axis=0)
    inner[:, :M] -= inner[:, :M].mean(axis=1, keepdims=True)
    inner[:M, :M] += 1.0 / M
    return inner


def _held(counts: Floats) -> tuple[int, ...]:
    """Checkpoints outside the largest group in which everyone was at least tied by everyone, directly or not."""
    from scipy.sparse.csgraph import connected_components

    reached = counts[:, :, 1:].sum(axis=2) + counts[:, :, :2].sum(axis=2).T  # i took points from j
    found, group = connected_components(reached > 0, directed=True, connection="strong")
    if found == 1:
        return ()
    largest = int(np.argmax(np.bincount(group)))
    return tuple(np.flatnonzero(group != largest).tolist())
