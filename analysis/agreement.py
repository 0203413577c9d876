"""Whether raters agree beyond chance: Krippendorff's alpha and Gwet's AC1, each with a bootstrap interval."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from analysis.estimates import Weighting
from analysis.proportions import checked_level
from analysis.record import Record, facts
from analysis.tables import JudgmentTable, TableError
from analysis.variance import Floats

DRAWS = 1000
METHOD = "unit bootstrap, percentile"
POINTS = np.array([0.0, 0.5, 1.0])
NOMINAL = 1.0 - np.eye(3)
INTERVAL = (POINTS[:, None] - POINTS[None, :]) ** 2


@dataclass(frozen=True)
class Coefficient:
    """A coefficient of agreement, 1 at most; None where it is not defined (all judgments in one category)."""

    value: float | None
    low: float | None
    high: float | None
    level: float
    method: str
    defined_draws: int


@dataclass(frozen=True)
class Agreement(Record):
    """Always several: at 97 % wins alpha is low and AC1 high, on the very same judgments.

    `percent_agreement` is the raw share of agreeing pairs within a prompt. `seed` and `draws` belong to the
    bootstrap.
    """

    alpha_nominal: Coefficient
    alpha_interval: Coefficient
    ac1: Coefficient
    percent_agreement: float
    units: int
    single_units: int
    seed: int
    draws: int
    weighting: Weighting
    notes: tuple[str, ...]
    data_digest: str

    def to_dict(self) -> dict[str, object]:
        """For JSON, with nominal alpha in front."""
        return asdict(self.alpha_nominal) | asdict(self)


def agreement(table: JudgmentTable, *, level: float = 0.95, draws: int = DRAWS, seed: int = 0) -> Agreement:
    """Agreement on win, tie and loss; a unit is one prompt of one pair of checkpoints.

    Raises: TableError where no unit was judged twice.
    Source: docs/statistics.md, "Agreement".
    """
    checked_level(level)
    counts = unit_counts(table)
    paired = counts.sum(axis=1) > 1
    if not paired.any():
        raise TableError(
            "no prompt was judged by two raters: agreement cannot be told; plan 2 or more ratings"
        )
    patterns, frequency = _same_from_either_side(counts)
    # Units with the same counts are exchangeable: drawing how often each pattern comes is the same bootstrap.
    drawn = np.random.default_rng(seed).multinomial(len(counts), frequency / len(counts), draws)
    sizes = np.vstack([frequency, drawn]).astype(np.float64)
    return Agreement(
        **facts(table),
        alpha_nominal=_coefficient(_alpha(patterns, sizes, NOMINAL), level),
        alpha_interval=_coefficient(_alpha(patterns, sizes, INTERVAL), level),
        ac1=_coefficient(_ac1(patterns, sizes), level),
        percent_agreement=float(_pairs_alike(patterns, frequency[None, :].astype(np.float64))[0]),
        units=int(np.count_nonzero(paired)),
        single_units=int(np.count_nonzero(~paired)),
        seed=seed,
        draws=draws,
        weighting="judgments",
        notes=table.notes,
        data_digest=table.digest,
    )


def _same_from_either_side(counts: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The patterns, with wins and losses in the place that the counts alone decide.

    No coefficient tells them apart, so no draw may: who is blind would learn from an interval who the candidate is.
    """
    either = _patterns(counts), _patterns(counts[:, ::-1])
    return max(either, key=lambda found: [part.tolist() for part in found])


def _patterns(counts: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The different rows, sorted, and how often each comes: told by one number each, which sort as the rows do."""
    base = counts.max() + 1
    _, first, frequency = np.unique(
        counts @ np.array([base**2, base, 1.0]), return_index=True, return_counts=True
    )
    return counts[first], frequency


def unit_counts(table: JudgmentTable) -> Floats:
    """Losses, ties and wins of each unit, one row a unit."""
    unit = unit_codes(table)
    cells = np.bincount(3 * unit + table.points, minlength=3 * (int(unit.max()) + 1))
    return cast(Floats, cells.reshape(-1, 3).astype(np.float64))


def unit_codes(table: JudgmentTable) -> NDArray[np.intp]:
    """A number from 0 for each prompt and pair of checkpoints."""
    code = table.prompt.codes
    several = [
        column for column in (table.candidate, table.baseline) if column is not None and len(column) > 1
    ]
    for column in several:
        code = code * len(column) + column.codes
    return np.unique(code, return_inverse=True)[1].ravel() if several else code


def krippendorff_alpha(counts: Floats, distance: Floats = NOMINAL) -> float | None:
    """1 - observed / expected disagreement, from each unit's counts of categories.

    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania.
    """
    return _known(_alpha(counts, np.ones((1, len(counts))), distance)[0])


def gwet_ac1(counts: Floats) -> float | None:
    """Agreement beyond what raters who sometimes guess would show by chance.

    Source: Gwet (2008), British Journal of Mathematical and Statistical Psychology 61, 29-48.
    """
    return _known(_ac1(counts, np.ones((1, len(counts))))[0])


def _alpha(patterns: Floats, sizes: Floats, distance: Floats) -> Floats:
    """Alpha of each row of `sizes`, how many units show each pattern."""
    m = patterns.sum(axis=1)
    kept = m > 1
    patterns, m, sizes = patterns[kept], m[kept], sizes[:, kept]
    pairs = ((patterns @ distance) * patterns).sum(axis=1) / (m - 1)
    totals = sizes @ patterns
    n = totals.sum(axis=1)
    observed, expected = sizes @ pairs, ((totals @ distance) * totals).sum(axis=1) / np.maximum(n - 1, 1)
    return np.where(expected > 0, 1 - observed / np.where(expected > 0, expected, 1), np.nan)


def _ac1(patterns: Floats, sizes: Floats) -> Floats:
    shares = patterns / patterns.sum(axis=1, keepdims=True)
    prevalence = sizes @ shares / sizes.sum(axis=1, keepdims=True)
    used = max(int(np.count_nonzero(patterns.any(axis=0))), 2)  # of the data, the same in every resample
    by_chance = (prevalence * (1 - prevalence)).sum(axis=1) / (used - 1)
    return cast(Floats, (_pairs_alike(patterns, sizes) - by_chance) / (1 - by_chance))


def _pairs_alike(patterns: Floats, sizes: Floats) -> Floats:
    """The share of agreeing pairs of raters, averaged over the units with two or more."""
    m = patterns.sum(axis=1)
    kept = m > 1
    alike = (patterns[kept] * (patterns[kept] - 1)).sum(axis=1) / (m[kept] * (m[kept] - 1))
    units = sizes[:, kept].sum(axis=1)
    return np.where(units > 0, sizes[:, kept] @ alike / np.where(units > 0, units, 1), np.nan)


def _coefficient(values: Floats, level: float) -> Coefficient:
    """The first value with the middle `level` of the others, those that are defined."""
    drawn = values[1:][~np.isnan(values[1:])]
    value = _known(values[0])
    if value is None or not drawn.size:
        return Coefficient(value, None, None, level, METHOD, int(drawn.size))
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return Coefficient(value, min(low, value), max(high, value), level, METHOD, int(drawn.size))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
