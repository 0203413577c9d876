"""One line a rater: how much they did, how they answer beside the others, and what stands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.agreement import unit_codes
from analysis.columns import OUTCOMES, Labelled
from analysis.digests import digest
from analysis.estimates import Weighting
from analysis.outliers import Count, Side, flagged
from analysis.record import Record, facts
from analysis.tables import JudgmentTable, TableError
from analysis.variance import Floats

MEASURES: tuple[tuple[str, Side, str], ...] = (
    ("agreed", "less", "agrees less than the others"),
    ("left", "two-sided", "chooses the left side unlike the others"),
    ("tied", "two-sided", "gives ties unlike the others"),
    ("gold_right", "less", "misses gold items more than the others"),
)


@dataclass(frozen=True)
class Rater:
    """Counts with what each is out of; `flags` are the measures that stand out after Holm's adjustment.

    `agreed`: judgments that equal the plurality of the others on the same unit, of those where there is one.
    `left`: judgments for the response on the left, of those with a winner and a known side.
    """

    rater: str
    n: int
    agreed: Count
    left: Count
    tied: Count
    gold_right: Count
    median_ms: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Raters(Record):
    """Every rater in `of_each`, and the rule by which they were flagged.

    The rule is fixed before looking, and never an exclusion by itself.
    """

    of_each: tuple[Rater, ...]
    alpha: float
    rule: str
    gold_prompts: int
    gold_digest: str | None
    weighting: Weighting
    notes: tuple[str, ...]
    data_digest: str

    @property
    def flagged(self) -> tuple[str, ...]:
        return tuple(rater.rater for rater in self.of_each if rater.flags)

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self) | {"flagged": list(self.flagged)}


def raters_table(
    table: JudgmentTable, *, gold: Mapping[str, str] | None = None, alpha: float = 0.05
) -> Raters:
    """Describes every rater and flags those whose shares a Holm-adjusted exact binomial test tells from the pool.

    Args: gold: prompt -> right outcome (win, tie, loss); these prompts count for gold_right alone.
        alpha: chance, for each measure over all raters together, of flagging anyone if all are alike.
    Raises: TableError where a gold prompt is not in the table.
    Source: Conover (1999); Holm (1979); docs/statistics.md, "Raters".
    """
    right = _gold_points(table, gold or {})
    known = right >= 0
    R = len(table.rater)
    side = np.zeros(len(table)) if table.side is None else table.side
    other = _others(table)
    plain = ~known
    counts = {
        "agreed": _counts(table, plain & (other >= 0), table.points == other, R),
        "left": _counts(table, plain & (table.points != 1) & (side != 0), (table.points - 1) * side > 0, R),
        "tied": _counts(table, plain, table.points == 1, R),
        "gold_right": _counts(table, known, table.points == right, R),
    }
    flags: list[list[str]] = [[] for _ in range(R)]
    for name, tail, words in MEASURES:
        for rater in flagged(counts[name], tail, alpha):
            flags[rater].append(words)
    medians = _medians(table)
    n = table.rater.counts()
    lines = tuple(
        Rater(
            rater=label,
            n=int(n[i]),
            **{name: counts[name][i] for name, _, _ in MEASURES},
            median_ms=medians[i],
            flags=tuple(flags[i]),
        )
        for i, label in enumerate(table.rater.labels)
    )
    rule = f"exact binomial against the other raters, Holm over {R} raters in each measure, alpha {alpha:g}"
    return Raters(
        **facts(table),
        of_each=lines,
        alpha=alpha,
        rule=rule,
        gold_prompts=len(gold or {}),
        gold_digest=_gold_digest(gold) if gold else None,
        weighting="judgments",
        notes=table.notes,
        data_digest=table.digest,
    )


def _gold_digest(gold: Mapping[str, str]) -> str:
    """As a table's, of the columns prompt_id and outcome."""
    outcomes = np.array([OUTCOMES[outcome] for outcome in gold.values()], np.int8)
    return digest({"prompt_id": Labelled.of(list(gold)), "outcome": outcomes}, ("prompt_id",))


def _gold_points(table: JudgmentTable, gold: Mapping[str, str]) -> NDArray[np.int8]:
    """The right half points of each judgment of a gold prompt, -1 elsewhere."""
    known = np.full(len(table.prompt), -1, np.int8)
    place = {label: code for code, label in enumerate(table.prompt.labels)}
    for prompt, outcome in gold.items():
        if prompt not in place:
            raise TableError(f"gold prompt {prompt!r} is not judged in the table")
        if outcome not in OUTCOMES:
            raise TableError(f"gold prompt {prompt!r}: {outcome!r} is not win, tie or loss")
        known[place[prompt]] = OUTCOMES[outcome]
    return known[table.prompt.codes]


def _others(table: JudgmentTable) -> NDArray[np.int8]:
    """What most of the other raters said of the same unit; -1 where nobody did, or no outcome leads."""
    unit = unit_codes(table)
    all_said = np.bincount(3 * unit + table.points, minlength=3 * (int(unit.max()) + 1)).reshape(-1, 3)
    others = all_said[unit] - np.eye(3, dtype=np.intp)[table.points]
    most = others.max(axis=1)
    leads = (others == most[:, None]).sum(axis=1) == 1
    return np.where(leads & (most > 0), others.argmax(axis=1), -1).astype(np.int8)


def _counts(
    table: JudgmentTable, among: NDArray[np.bool_], hit: NDArray[np.bool_], raters: int
) -> list[Count]:
    of = np.bincount(table.rater.codes[among], minlength=raters)
    hits = np.bincount(table.rater.codes[among & hit], minlength=raters)
    return [Count(int(a), int(b)) for a, b in zip(hits, of, strict=True)]


def _medians(table: JudgmentTable) -> list[float | None]:
    """Median active time of each rater, None where none is known."""
    if table.active_ms is None:
        return [None] * len(table.rater)
    times: list[Floats] = [table.active_ms[table.rater.codes == code] for code in range(len(table.rater))]
    return [None if np.isnan(own).all() else float(np.nanmedian(own)) for own in times]
