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
        Labelled.of(column) for column in (places.prompt, places.category, places.candidate, places.baseline)
    )
    rater = Labelled.of(raters)
    pair = candidate.codes * len(baseline) + baseline.codes
    key = np.ravel_multi_index(
        (prompt.codes[votes.place], rater.codes[votes.rater], pair[votes.place]),
        (len(prompt), len(rater), len(candidate) * len(baseline)),
    )
    order = np.argsort(key)
    again = np.flatnonzero(np.diff(key[order]) == 0)
    at, by = votes.place[order], votes.rater[order]
    if again.size:
        who, what = raters[by[again[0]]], places.prompt[at[again[0]]]
        raise TableError(f"rater {who!r} judges prompt {what!r} twice")
    judged = prompt.taken(at)
    if len(judged) < 2:
        raise TableError("only one prompt is judged; two or more are needed")
    return JudgmentTable(
        prompt=judged,
        rater=rater.taken(by),
        points=votes.points[order],
        side=votes.side[order],
        candidate=candidate.taken(at),
        baseline=baseline.taken(at),
        category=category.taken(at),
        both_bad=None if votes.both_bad is None else votes.both_bad[order],
    )
