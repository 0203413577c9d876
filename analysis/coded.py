"""A judgment table from numbers that were checked and coded elsewhere, such as tallies, without a word read twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Labelled
from analysis.tables import JudgmentTable, TableError


@dataclass(frozen=True)
class Places:
    """Prompts under a pair of checkpoints; votes name one by its number."""

    prompt: Sequence[str]
    category: Sequence[str]
    candidate: Sequence[str]
    baseline: Sequence[str]


@dataclass(frozen=True, eq=False)
class Votes:
    """One entry for each judgment: its place, its rater among `raters`, half points, side (1 left), both bad."""

    place: NDArray[np.intp]
    rater: NDArray[np.intp]
    points: NDArray[np.int8]
    side: NDArray[np.int8]
    both_bad: NDArray[np.bool_] | None


def coded_table(places: Places, raters: Sequence[str], votes: Votes) -> JudgmentTable:
    """The table that `read_judgments` would make of the same judgments.

    Raises: TableError where a rater judges one prompt and pair twice, or fewer than two prompts are judged.
    """
    prompt, category, candidate, baseline = (
        spread(Labelled.of(column), votes.place)
        for column in (places.prompt, places.category, places.candidate, places.baseline)
    )
    rater = spread(Labelled.of(raters), votes.rater)
    table = JudgmentTable(
        prompt=prompt,
        rater=rater,
        points=votes.points,
        side=votes.side,
        candidate=candidate,
        baseline=baseline,
        category=category,
        both_bad=votes.both_bad,
    )
    keys = (prompt.codes, rater.codes, candidate.codes, baseline.codes)
    order = np.lexsort(keys[::-1])
    again = np.all([key[order[1:]] == key[order[:-1]] for key in keys], axis=0)
    if again.any():
        row = order[1:][again][0]
        who, what = rater.labels[rater.codes[row]], prompt.labels[prompt.codes[row]]
        raise TableError(f"rater {who!r} judges prompt {what!r} twice")
    if np.count_nonzero(prompt.counts()) < 2:
        raise TableError("only one prompt is judged; two or more are needed")
    return table.taken(order)


def spread(labels: Labelled, rows: NDArray[np.intp]) -> Labelled:
    """A column of labels, one for each row; some may be in no row."""
    return Labelled(labels.codes[rows], labels.labels)
