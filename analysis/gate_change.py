"""The change from an old checkpoint to a new one as one sum over judgments that share prompts and raters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.caveats import side_notes
from analysis.columns import Labelled
from analysis.linear import Linear
from analysis.position import refuse_one_sided_design
from analysis.reading import TableError
from analysis.tables import JudgmentTable
from analysis.variance import Evenness, Floats, without_each
from analysis.win_rate import estimated
from analysis.wording import counted

Through = Literal["auto", "direct", "baseline"]


@dataclass(frozen=True)
class Outcomes:
    """Of one checkpoint's judgments."""

    wins: int
    ties: int
    losses: int

    @classmethod
    def of(cls, table: JudgmentTable, *, turned: bool = False) -> Outcomes:
        """The candidate's, or, turned round, the baseline's."""
        losses, ties, wins = np.bincount(table.points, minlength=3).tolist()
        return cls(losses, ties, wins) if turned else cls(wins, ties, losses)


@dataclass(frozen=True, eq=False)
class Compared:
    """`change` is new less old, on the share scale; `left_out` judgments are of prompts that only one side had.

    `new` and `old` are wins, ties and losses over the baseline; direct, it is the old checkpoint, and `old` None.
    """

    change: Linear
    kind: Literal["direct", "through a baseline"]
    baseline: str
    new: Outcomes
    old: Outcomes | None
    n: int
    left_out: int
    notes: tuple[str, ...]


def compared(
    table: JudgmentTable,
    old: str,
    new: str,
    baseline: str | None,
    through: Through,
    *,
    one_sided: bool = False,
) -> Compared:
    """Direct where the two were shown side by side (unless asked otherwise), else through their baseline."""
    if old == new:
        raise TableError(f"the old and the new checkpoint are both {old!r}")
    if through == "direct" or (through == "auto" and baseline is None and _direct(table, old, new)):
        return _directly(table, old, new, one_sided)
    return _through_baseline(table, old, new, baseline, one_sided)


def _direct(table: JudgmentTable, old: str, new: str) -> bool:
    return bool({(new, old), (old, new)} & set(table.pairs))


def _directly(table: JudgmentTable, old: str, new: str, one_sided: bool) -> Compared:
    """The win rate over the old one, less one half."""
    if not _direct(table, old, new):
        raise TableError(f"no judgment shows {new!r} beside {old!r}")
    if {(new, old), (old, new)} <= set(table.pairs):
        raise TableError(
            f"{new!r} stands beside {old!r} as candidate in some rows and as baseline in others; give all one way"
        )
    forward = (new, old) in table.pairs
    judged = table.of_pair(new, old) if forward else table.of_pair(old, new)
    _two_prompts(judged)
    sides = _sides_checked(judged, one_sided)
    mean = estimated(judged, "prompts")
    sign = 1 if forward else -1
    change = Linear(sign * (mean.value - 0.5), sign * mean.influence, mean.weights, mean.prompt, mean.rater)
    record = Outcomes.of(judged, turned=not forward)
    return Compared(change, "direct", old, record, None, len(judged), 0, (*table.notes, *sides))


def _through_baseline(
    table: JudgmentTable, old: str, new: str, baseline: str | None, one_sided: bool
) -> Compared:
    """The difference of the two win rates over the same baseline, on the prompts that both have."""
    baseline = baseline or _common_baseline(table, old, new)
    before, after = table.of_pair(old, baseline), table.of_pair(new, baseline)
    shared = set(before.prompt.labels) & set(after.prompt.labels)
    if len(shared) < 2:
        raise TableError(
            f"{old!r} and {new!r} share {counted(len(shared), 'prompt')}; two or more are needed"
        )
    kept_before, kept_after = (_of_prompts(one, shared) for one in (before, after))
    sides = [note for one in (kept_after, kept_before) for note in _sides_checked(one, one_sided)]
    n = len(kept_before) + len(kept_after)
    left_out = len(before) + len(after) - n
    notes = (
        [f"{counted(left_out, 'judgment')} of prompts that only one of the two has left out"]
        if left_out
        else []
    )
    change = _less(estimated(kept_after, "prompts"), estimated(kept_before, "prompts"))
    records = Outcomes.of(kept_after), Outcomes.of(kept_before)
    said = (*table.notes, *notes, *sides)
    return Compared(change, "through a baseline", baseline, *records, n, left_out, said)


def _common_baseline(table: JudgmentTable, old: str, new: str) -> str:
    of_old, of_new = ({b for c, b in table.pairs if c == name} for name in (old, new))
    common = sorted(of_old & of_new)
    if len(common) != 1:
        candidates = ", ".join(sorted({candidate for candidate, _ in table.pairs}))
        found = f"several common baselines ({', '.join(common)})" if common else "no common baseline"
        raise TableError(
            f"{old!r} and {new!r} have {found}; choose by --baseline; candidates in the table: {candidates}"
        )
    return common[0]


def _of_prompts(table: JudgmentTable, prompts: set[str]) -> JudgmentTable:
    kept = np.array([label in prompts for label in table.prompt.labels])
    return table.rows(kept[table.prompt.codes])


def _sides_checked(table: JudgmentTable, one_sided: bool) -> list[str]:
    """What is to be said about the sides of one pair, named.  Raises: TableError on a one-sided design."""
    if not one_sided:
        refuse_one_sided_design(table)
    (candidate, baseline), *_ = table.pairs
    return [f"{candidate} against {baseline}: {note}" for note in side_notes(table)]


def _two_prompts(table: JudgmentTable) -> None:
    if len(table.prompt) < 2:
        raise TableError(f"{counted(len(table.prompt), 'prompt')}: two or more are needed for an interval")


def _less(after: Linear, before: Linear) -> Linear:
    """after - before, its influence summed within each cell of a prompt and a rater."""
    prompt = Labelled.of(after.prompt.values() + before.prompt.values())
    rater = Labelled.of(after.rater.values() + before.rater.values())
    cells, cell = np.unique(prompt.codes * len(rater) + rater.codes, return_inverse=True)
    influence = np.bincount(cell, np.concatenate([after.influence, -before.influence])).astype(np.float64)
    weights = np.bincount(cell, np.concatenate([after.weights, before.weights]) / 2).astype(np.float64)
    by_cell = (
        Labelled(cells // len(rater), prompt.labels),
        Labelled(cells % len(rater), rater.labels),
    )
    left_out = _without_each(after, rater) - _without_each(before, rater)
    least_even = min((after.even, before.even), key=_share)
    return Linear(after.value - before.value, influence, weights, *by_cell, left_out, least_even)


def _share(even: Evenness) -> float:
    return even.effective / even.raters


def _without_each(part: Linear, rater: Labelled) -> Floats:
    """What leaving each of these raters out changes one win rate by, by their shares of its own judgments."""
    changes = np.zeros(len(rater))
    known = np.isin(rater.labels, part.rater.labels)
    changes[known] = without_each(part.influence, part.weights, part.rater)
    return changes
