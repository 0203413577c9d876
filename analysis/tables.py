"""The judgment table: one row per verdict of a rater on a prompt, checked, coded and in one fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis import columns as coded
from analysis.columns import Labelled
from analysis.digests import digest
from analysis.duplicates import Duplicates, in_order
from analysis.reading import JUDGMENTS, RawTable, TableError, read_raw

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Duplicates", "JudgmentTable", "Labelled", "TableError", "one_pair", "read_judgments"]

OUTCOME_NAMES = ("loss", "tie", "win")


@dataclass(frozen=True, eq=False)
class JudgmentTable:
    """Judgments sorted by prompt, rater and pair, so that the order of the source never reaches a sum.

    `points` are the candidate's half points (2 win, 1 tie, 0 loss); `side` is 1 where the candidate stood
    left, -1 right, 0 not known. A column that the source does not have is None. `covariates` are the numeric
    columns that were asked for by name.
    """

    prompt: Labelled
    rater: Labelled
    points: NDArray[np.int8]
    side: NDArray[np.int8] | None = None
    candidate: Labelled | None = None
    baseline: Labelled | None = None
    category: Labelled | None = None
    shown_at: NDArray[np.datetime64] | None = None
    active_ms: NDArray[np.float64] | None = None
    both_bad: NDArray[np.bool_] | None = None
    covariates: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.points)

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every (candidate, baseline) in the table, sorted; a name that is not known is empty."""
        unnamed = Labelled(np.zeros(len(self), np.intp), ("",))
        candidate, baseline = self.candidate or unnamed, self.baseline or unnamed
        met = np.flatnonzero(np.bincount(candidate.codes * len(baseline) + baseline.codes)).tolist()
        return tuple(
            (candidate.labels[code // len(baseline)], baseline.labels[code % len(baseline)]) for code in met
        )

    def rows(self, chosen: NDArray[np.bool_]) -> JudgmentTable:
        """The table of these rows alone; itself where they are all."""
        return self if chosen.all() else self.taken(np.flatnonzero(chosen))

    def of_pair(self, candidate: str | None = None, baseline: str | None = None) -> JudgmentTable:
        """The judgments of this candidate, against this baseline. TableError where there is none."""
        chosen = np.ones(len(self), np.bool_)
        for column, name, wanted in (
            ("candidate", self.candidate, candidate),
            ("baseline", self.baseline, baseline),
        ):
            if wanted is None:
                continue
            if name is None or wanted not in name.labels:
                known = "no such column" if name is None else f"there are: {', '.join(name.labels)}"
                raise TableError(f"no judgment has the {column} {wanted!r}; {known}")
            chosen &= name.codes == name.labels.index(wanted)
        if not chosen.any():
            raise TableError(f"no judgment of {candidate!r} against {baseline!r}")
        return self.rows(chosen)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the table says: the same for every order of rows and type of cells."""
        columns = {
            "prompt_id": self.prompt,
            "rater_id": self.rater,
            "candidate": self.candidate,
            "baseline": self.baseline,
            "category": self.category,
            "outcome": self.points,
            "side": self.side,
            "shown_at": self.shown_at,
            "active_ms": self.active_ms,
            "both_bad": self.both_bad,
            **self.covariates,
        }
        return digest(columns, ("prompt_id", "rater_id", "candidate", "baseline"))

    def taken(self, rows: NDArray[np.intp]) -> JudgmentTable:
        changed: dict[str, object] = {}
        for name in ("prompt", "rater", "candidate", "baseline", "category"):
            column = getattr(self, name)
            changed[name] = column and column.taken(rows)
        for name in ("points", "side", "shown_at", "active_ms", "both_bad"):
            column = getattr(self, name)
            changed[name] = None if column is None else column[rows]
        changed["covariates"] = {name: values[rows] for name, values in self.covariates.items()}
        return replace(self, **changed)  # type: ignore[arg-type]  # names and types are the fields' own


def read_judgments(
    source: str | Path | pd.DataFrame | Mapping[str, Sequence[object]],
    columns: Mapping[str, str] | None = None,
    *,
    duplicates: Duplicates = "refuse",
    covariates: Sequence[str] = (),
) -> JudgmentTable:
    """Reads a .csv or .jsonl file, a pandas frame or a mapping of columns.

    Args: columns: our name (outcome, side, prompt, rater, ...) -> the source's.  duplicates: "latest" keeps
        the last of several judgments by one rater on one prompt (by shown_at, else by the order of rows).
        covariates: numeric columns to keep, such as length_difference.
    Raises: TableError, naming row and column.
    """
    if duplicates not in ("refuse", "latest"):
        raise ValueError(f'duplicates is "refuse" or "latest", not {duplicates!r}')
    if twice := [name for at, name in enumerate(covariates) if name in covariates[:at]]:
        raise TableError(f"covariates: {twice[0]!r} is given twice")
    raw = read_raw(source, columns, JUDGMENTS.with_required(covariates))
    if not len(raw):
        raise TableError("the table has no judgments")
    table = replace(_coded(raw), covariates={name: coded.numbers(raw, name) for name in covariates})
    if len(table.prompt) < 2:
        raise TableError(
            f"column prompt_id: only one prompt, {table.prompt.labels[0]!r}; two or more are needed"
        )
    return in_order(table, raw, duplicates)


def one_pair(table: JudgmentTable) -> None:
    """Raises: TableError unless the table has two prompts or more of a single pair of checkpoints."""
    if len(table.prompt) < 2:
        raise TableError(f"{len(table.prompt)} prompts: two or more are needed for an interval")
    if len(table.pairs) > 1:
        shown = "; ".join(f"{candidate} against {baseline}" for candidate, baseline in table.pairs[:5])
        raise TableError(
            f"the table holds {len(table.pairs)} pairs of candidate and baseline ({shown}); "
            "choose one by --candidate and --baseline, or table.of_pair"
        )


def _coded(raw: RawTable) -> JudgmentTable:
    has = raw.columns
    table = JudgmentTable(
        prompt=coded.names(raw, "prompt_id"),
        rater=coded.names(raw, "rater_id"),
        points=coded.outcomes(raw),
        side=coded.sides(raw) if "side" in has else None,
        candidate=coded.names(raw, "candidate") if "candidate" in has else None,
        baseline=coded.names(raw, "baseline") if "baseline" in has else None,
        category=coded.names(raw, "category", may_be_empty=True) if "category" in has else None,
        shown_at=coded.times(raw, "shown_at") if "shown_at" in has else None,
        active_ms=coded.durations_ms(raw) if "active_ms" in has else None,
        both_bad=coded.flags(raw, "both_bad") if "both_bad" in has else None,
    )
    if table.both_bad is not None and (odd := np.flatnonzero(table.both_bad & (table.points != 1))).size:
        outcome = OUTCOME_NAMES[int(table.points[odd[0]])]
        raise raw.error(
            int(odd[0]), "both_bad", f'is true beside the outcome "{outcome}"; it goes with a tie'
        )
    return table
