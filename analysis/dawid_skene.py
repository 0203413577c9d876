"""Verdicts weighted by how reliable each rater seems, without knowing the right ones: a sensitivity line."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.agreement import unit_codes
from analysis.columns import Labelled
from analysis.estimates import Estimate
from analysis.linear import mean
from analysis.proportions import checked_level
from analysis.record import Record, facts
from analysis.tables import JudgmentTable, one_pair
from analysis.variance import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SMOOTHING = 0.01
TOLERANCE = 1e-6
MOST_ROUNDS = 1000


@dataclass(frozen=True)
class Classes:
    """`posterior[u, k]`: how likely class k is for unit u; `confusion[r, k, c]`: rater r says c where k is right."""

    posterior: Floats
    prior: Floats
    confusion: Floats
    rounds: int
    converged: bool

    @property
    def ability(self) -> Floats:
        """How often each rater is right, over the classes as often as they come."""
        right: Floats = np.einsum("k,rkk->r", self.prior, self.confusion)
        return right


@dataclass(frozen=True)
class WeightedWinRate(Record):
    """The win rate of the inferred verdicts; its interval holds for new prompts and these raters."""

    win_rate: Estimate
    change: float
    rounds: int
    converged: bool
    data_digest: str

    def to_dict(self) -> dict[str, object]:
        """For JSON, with the estimate's own numbers in front."""
        return asdict(self.win_rate) | asdict(self)


def weighted_win_rate(table: JudgmentTable, *, level: float = 0.95) -> WeightedWinRate:
    """Each prompt's expected outcome under Dawid and Skene's model, averaged; beside the headline, never for it.

    `change` is what it differs from the plain, prompt-weighted win rate by.
    Raises: TableError where the table has fewer than two prompts, or several pairs.
    Source: docs/statistics.md, "Dawid–Skene".
    """
    checked_level(level)
    one_pair(table)
    classes = dawid_skene(unit_codes(table), table.rater.codes, table.points)
    expected = classes.posterior @ np.array([0.0, 0.5, 1.0])
    P = len(table.prompt)
    each = Labelled(np.arange(P), table.prompt.labels)
    these_raters = Labelled(np.zeros(P, np.intp), ("all",))
    estimate = mean(expected, np.full(P, 1 / P), each, these_raters).share("prompts", level)
    counts = table.prompt.counts()
    plain = float(np.mean(np.bincount(table.prompt.codes, table.points / 2, P) / counts))
    return WeightedWinRate(
        **facts(table),
        win_rate=estimate,
        change=estimate.value - plain,
        rounds=classes.rounds,
        converged=classes.converged,
        data_digest=table.digest,
    )


def dawid_skene(
    unit: NDArray[np.intp], rater: NDArray[np.intp], label: NDArray[np.integer], classes: int = 3
) -> Classes:
    """Fits class shares and a confusion table for each rater by EM, from the units' plurality shares.

    Args: one entry a label: codes of units and raters from 0, each in use, and classes 0..classes-1.
    Source: Dawid and Skene (1979), Applied Statistics 28, 20-28, with .01 added to each cell.
    """
    U, R = int(unit.max()) + 1, int(rater.max()) + 1
    said = _said(unit, rater * classes + label, (U, R * classes))
    posterior = _shares(np.bincount(unit * classes + label, minlength=U * classes).reshape(U, classes))
    rounds, converged = 0, False
    while rounds < MOST_ROUNDS and not converged:
        prior, confusion = _maximised(posterior, said)
        renewed = _expected(prior, confusion, said)
        converged = bool(np.abs(renewed - posterior).max() < TOLERANCE)
        posterior, rounds = renewed, rounds + 1
    return Classes(posterior, prior, confusion, rounds, converged)


def _said(unit: NDArray[np.intp], cell: NDArray[np.intp], shape: tuple[int, int]) -> csr_array:
    """How often each rater said each class of each unit: a row a unit, a column for each rater and class."""
    from scipy.sparse import csr_array

    return csr_array((np.ones(len(unit)), (unit, cell)), shape=shape)


def _maximised(posterior: Floats, said: csr_array) -> tuple[Floats, Floats]:
    """Class shares, and each rater's confusion table [r, right, said]."""
    classes = posterior.shape[1]
    counts = np.asarray(said.T @ posterior).reshape(-1, classes, classes).transpose(0, 2, 1)
    return posterior.mean(axis=0), _shares(counts + SMOOTHING)


def _expected(prior: Floats, confusion: Floats, said: csr_array) -> Floats:
    """The posterior of each unit's class."""
    classes = len(prior)
    by_cell = np.log(confusion).transpose(0, 2, 1).reshape(-1, classes)
    with np.errstate(divide="ignore"):  # a class that nobody ever chose has share 0 and stays out
        logs = np.log(prior) + np.asarray(said @ by_cell)
    return _shares(np.exp(logs - logs.max(axis=1, keepdims=True)))


def _shares(counts: NDArray[np.number]) -> Floats:
    """Divided by the sum over the last axis."""
    result: Floats = counts / counts.sum(axis=-1, keepdims=True)
    return result
