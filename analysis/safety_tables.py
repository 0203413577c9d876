"""Tables of safety labels: what one rater said of one checkpoint's response to one prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Labelled, choices, names
from analysis.digests import digest
from analysis.reading import RawTable, Schema, TableError, read_raw

if TYPE_CHECKING:
    import pandas as pd

SAFETY = Schema(
    ("prompt_id", "rater_id", "checkpoint"), ("answer_type", "violation", "hazard", "severity", "expected")
)
ANSWERS = ("full_compliance", "partial_refusal", "full_refusal", "off_topic")
VIOLATIONS = {"no": 0, "false": 0, "0": 0, "unsure": 1, "yes": 2, "true": 2, "1": 2}
SEVERITIES = ("mild", "moderate", "severe")
EXPECTED = ("comply", "refuse", "safe_completion")
UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class SafetyTable:
    """Labels sorted by checkpoint, prompt and rater. Codes index ANSWERS, SEVERITIES and EXPECTED; -1 is not known.

    `violation` is 0 no, 1 unsure, 2 yes, -1 not given; None for a column that the source does not have.
    """

    checkpoint: Labelled
    prompt: Labelled
    rater: Labelled
    answer: NDArray[np.int8] | None
    violation: NDArray[np.int8] | None
    hazard: Labelled | None
    severity: NDArray[np.int8] | None
    expected: NDArray[np.int8] | None

    def __len__(self) -> int:
        return len(self.prompt.codes)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the labels say: the same for every order of rows and spelling of a word."""
        columns = {
            "checkpoint": self.checkpoint,
            "prompt_id": self.prompt,
            "rater_id": self.rater,
            "answer_type": self.answer,
            "violation": self.violation,
            "hazard": self.hazard,
            "severity": self.severity,
            "expected": self.expected,
        }
        return digest(columns, ("checkpoint", "prompt_id", "rater_id"))


def read_safety(
    source: str | Path | pd.DataFrame | Mapping[str, Sequence[object]],
    columns: Mapping[str, str] | None = None,
) -> SafetyTable:
    """Reads a .csv, .jsonl or .parquet file, a pandas frame or a mapping of columns.

    Raises: TableError, naming row and column: unknown words, a duplicated label, fewer than two prompts, or
        neither an answer_type nor a violation column.
    """
    raw = read_raw(source, columns, SAFETY)
    if not len(raw):
        raise TableError("the table has no safety labels")
    if not {"answer_type", "violation"} & set(raw.columns):
        raise TableError("a column answer_type or violation is needed; the table has neither")
    checkpoint, prompt, rater = (names(raw, name) for name in ("checkpoint", "prompt_id", "rater_id"))
    if len(prompt) < 2:
        raise TableError(f"column prompt_id: only one prompt, {prompt.labels[0]!r}; two or more are needed")
    order = np.lexsort([rater.codes, prompt.codes, checkpoint.codes])
    _refuse_duplicates(raw, order, checkpoint, prompt, rater)
    return SafetyTable(
        checkpoint=checkpoint.taken(order),
        prompt=prompt.taken(order),
        rater=rater.taken(order),
        answer=_words(raw, "answer_type", _places(ANSWERS), order),
        violation=_words(raw, "violation", VIOLATIONS, order),
        hazard=names(raw, "hazard", may_be_empty=True).taken(order) if "hazard" in raw.columns else None,
        severity=_words(raw, "severity", _places(SEVERITIES), order),
        expected=_expected(raw, prompt, order),
    )


def _places(words: Sequence[str]) -> dict[str, int]:
    return {word: place for place, word in enumerate(words)}


def _words(
    raw: RawTable, column: str, known: Mapping[str, int], order: NDArray[np.intp]
) -> NDArray[np.int8] | None:
    if column not in raw.columns:
        return None
    return choices(raw, column, {**known, "": UNKNOWN})[order]


def _expected(raw: RawTable, prompt: Labelled, order: NDArray[np.intp]) -> NDArray[np.int8] | None:
    """What each prompt calls for, which must be the same in all its rows."""
    if "expected" not in raw.columns:
        return None
    wanted = choices(raw, "expected", _places(EXPECTED) | {"": UNKNOWN})
    first: dict[int, int] = {}
    for row, (code, value) in enumerate(zip(prompt.codes.tolist(), wanted.tolist(), strict=True)):
        if first.setdefault(code, value) != value:
            raise raw.error(row, "expected", f"differs from another row of prompt {prompt.labels[code]!r}")
    return wanted[order]


def _refuse_duplicates(raw: RawTable, order: NDArray[np.intp], *keys: Labelled) -> None:
    again = np.ones(len(order) - 1, np.bool_)
    for key in keys:
        again &= key.codes[order[1:]] == key.codes[order[:-1]]
    if again.any():
        place = int(np.flatnonzero(again)[0])
        other, row = sorted((int(order[place]), int(order[place + 1])))
        problem = f"the same checkpoint, prompt and rater are labelled in {raw.place(other)} already"
        raise raw.error(row, "checkpoint, prompt_id, rater_id", problem)
