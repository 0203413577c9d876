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


@dataclass(frozen=True, eq=False)
class Pairs:
    """Each ordered pair that met, with its counts of losses, ties (Davidson) and wins of the first."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    counts: Floats
    checkpoints: int
    model: Model


@dataclass(frozen=True, eq=False)
class Fit:
    """Parameters: log strengths, then log ν and δ; `free` are those that were estimated.

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
        return self.parameters[:-2]

    @property
    def log_tie(self) -> float | None:
        return float(self.parameters[-2]) if self.free[-2] else None

    @property
    def order(self) -> float | None:
        return float(self.parameters[-1]) if self.free[-1] else None


def fit(counts: Floats, *, model: Model = "davidson", ordered: bool = True) -> Fit:
    """The likeliest strengths.

    Args: counts: [first, second, half points of the first]; all must be connected (`groups`).  ordered: fit the
        order effect δ.
    Raises: TableError where all are ties, or the likelihood has no maximum.
    A checkpoint that won or lost everything (or a group of them against the rest) has no finite strength: its
    prior is half a win and half a loss against a checkpoint of average strength, and it is named in `held`.
    Sources: Davidson (1970), JASA 65, 317-328; order effect: Davidson and Beaver (1977), Biometrics 33, 693-702;
    Bradley and Terry (1952), Biometrika 39; prior: log-F(1, 1), Greenland and Mansournia (2015), Statistics in
    Medicine 34, 3133-3143.
    """
    pairs = _pairs(counts, model)
    held = _held(counts)
    free = np.ones(pairs.checkpoints + 2, np.bool_)
    ties = float(counts[:, :, 1].sum())
    if ties == counts.sum():
        raise TableError("every judgment is a tie: strengths cannot be told apart")
    free[-2] = model == "davidson" and ties > 0
    met = counts.sum(axis=2)
    free[-1] = ordered and bool(
        np.any((met > 0) & (met.T > 0))
    )  # else the order cannot be told from the pair
    parameters = np.zeros(len(free))
    if model == "davidson" and not ties:
        pairs = replace(_pairs(counts, "bradley-terry"), model="bradley-terry")
    for _ in range(MOST_STEPS):
        gradient, information = _derivatives(pairs, parameters, held)
        try:
            step = _newton_step(gradient, information, free)
        except np.linalg.LinAlgError:
            break
        if np.abs(step).max() < TOLERANCE:
            return Fit(parameters, free, _inverse(information, free), held, pairs)
        parameters = parameters + step / max(1.0, float(np.abs(step).max()))  # at most 1, or it may overshoot
    raise TableError("the strengths did not settle: one order or outcome may be all there is; add judgments")


def probabilities(pairs: Pairs, parameters: Floats) -> Floats:
    """Of loss, tie (Davidson) and win of the first of each pair."""
    features = FEATURES[pairs.model]
    logs = (
        np.outer(parameters[pairs.first], features[:, 0])
        + np.outer(parameters[pairs.second], features[:, 1])
        + parameters[-2] * features[:, 2]
        + parameters[-1] * features[:, 3]
    )
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares: Floats = odds / odds.sum(axis=1, keepdims=True)
    return shares


def places(pairs: Pairs) -> NDArray[np.intp]:
    """Where each pair's four local coordinates stand among the parameters."""
    M = pairs.checkpoints
    common = np.broadcast_to([M, M + 1], (len(pairs.first), 2))
    return np.column_stack([pairs.first, pairs.second, common])


def groups(counts: Floats) -> NDArray[np.intp]:
    """The number of the group of each checkpoint, all of whose members are linked by comparisons."""
    from scipy.sparse.csgraph import connected_components

    return np.asarray(connected_components(counts.sum(axis=2) > 0, directed=False)[1], np.intp)


def _pairs(counts: Floats, model: Model) -> Pairs:
    first, second = np.nonzero(counts.sum(axis=2))
    met = counts[first, second]
    if model == "bradley-terry":
        met = met[:, [0, 2]] + met[:, [1]] / 2
    return Pairs(first, second, met, len(counts), model)


def _derivatives(pairs: Pairs, parameters: Floats, held: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Gradient and information (the negative Hessian) of the log-likelihood, with the prior of the held."""
    features, at = FEATURES[pairs.model], places(pairs)
    p, n = probabilities(pairs, parameters), pairs.counts.sum(axis=1)
    K = len(parameters)
    surprise = (pairs.counts - n[:, None] * p) @ features
    gradient = np.bincount(at.ravel(), surprise.ravel(), K).astype(np.float64)
    mean = p @ features
    squares = (features[:, :, None] * features[:, None, :]).reshape(len(features), 16)
    local = n[:, None, None] * ((p @ squares).reshape(-1, 4, 4) - mean[:, :, None] * mean[:, None, :])
    cell = at[:, :, None] * K + at[:, None, :]
    information = np.bincount(cell.ravel(), local.ravel(), K * K).reshape(K, K).astype(np.float64)
    for one in held:
        chance = 1 / (1 + np.exp(-parameters[one]))
        gradient[one] += 0.5 - chance
        information[one, one] += chance * (1 - chance)
    return gradient, information


def _newton_step(gradient: Floats, information: Floats, free: NDArray[np.bool_]) -> Floats:
    chosen, step = np.flatnonzero(free), np.zeros_like(gradient)
    step[chosen] = np.linalg.solve(_anchored(information, chosen), gradient[chosen])
    step[:-2] -= step[:-2].mean()
    return step


def _inverse(information: Floats, free: NDArray[np.bool_]) -> Floats:
    """Inverse on the free parameters, along strengths that sum to zero."""
    M, chosen = len(free) - 2, np.flatnonzero(free)
    inverse = np.zeros_like(information)
    inverse[np.ix_(chosen, chosen)] = np.linalg.inv(_anchored(information, chosen))
    centre = np.eye(len(free))
    centre[:M, :M] -= 1.0 / M
    projected: Floats = centre @ inverse @ centre
    return projected


def _anchored(information: Floats, chosen: NDArray[np.intp]) -> Floats:
    """On the free parameters, with the direction in which all strengths move alike fixed: it is taken out again."""
    M, inner = len(information) - 2, information[np.ix_(chosen, chosen)]
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
