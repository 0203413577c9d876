"""Win rates by category: the same estimator on each slice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import repeat

import numpy as np

from analysis.columns import Labelled
from analysis.estimates import Weighting
from analysis.shrinkage import Shrunk, shrunk
from analysis.significance import holm
from analysis.tables import JudgmentTable, TableError
from analysis.variance import NOTHING
from analysis.win_rate import WinRate, win_rate

FEWEST_PROMPTS = 20  # below, an interval is too wide to say anything: counts only


@dataclass(frozen=True)
class Slice:
    """The judgments of one category; `win_rate` is None where it has fewer than 20 prompts.

    `p_adjusted`: of an even win rate, Holm-adjusted over the slices that have one. `shrunk`: pulled towards the
    mean of the slices; None with fewer than three.
    """

    label: str
    n: int
    prompts: int
    raters: int
    wins: int
    ties: int
    losses: int
    win_rate: WinRate | None
    p_adjusted: float | None = None
    shrunk: Shrunk | None = None

    def to_dict(self) -> dict[str, object]:
        """For JSON: the counts, and the win rate where there is one."""
        counts = {name: getattr(self, name) for name in ("n", "prompts", "raters", "wins", "ties", "losses")}
        return {
            "label": self.label,
            **counts,
            "win_rate": self.win_rate and self.win_rate.to_dict(),
            "p_adjusted": self.p_adjusted,
            "shrunk": self.shrunk and asdict(self.shrunk),
        }


def win_rates_by_category(
    table: JudgmentTable, *, weighting: Weighting = "prompts", level: float = 0.95
) -> tuple[Slice, ...]:
    """One slice per category, sorted by name; prompts without a category form the slice "".

    The intervals are each at `level`: among many slices some miss by chance; the p-values are adjusted.
    Raises: TableError where the table has no category column, or a prompt stands in two categories.
    Source: docs/statistics.md, "Slices".
    """
    if table.category is None:
        raise TableError("the table has no column category to slice by")
    _refuse_two_categories(table, table.category)
    slices = [
        _slice(label, table.rows(table.category.codes == code), weighting, level)
        for code, label in enumerate(table.category.labels)
    ]
    return tuple(_together(slices, level))


def _refuse_two_categories(table: JudgmentTable, category: Labelled) -> None:
    """A prompt in two slices would count in both."""
    own = np.zeros(len(table.prompt), np.intp)
    own[table.prompt.codes] = category.codes
    if (odd := np.flatnonzero(own[table.prompt.codes] != category.codes)).size:
        row = odd[0]
        prompt = table.prompt.codes[row]
        names = sorted(category.labels[code] or "(none)" for code in {category.codes[row], own[prompt]})
        raise TableError(
            f"column category: prompt {table.prompt.labels[prompt]!r} stands in several: {', '.join(names)}; "
            "give each prompt one"
        )


def _together(slices: list[Slice], level: float) -> list[Slice]:
    """With what only all slices together can tell: adjusted p-values and shrunk win rates."""
    rates = [part.win_rate for part in slices if part.win_rate]
    p_values = iter(holm([rate.p_value for rate in rates]))
    # A slice in which nothing varied is taken as noisy as its effective number of trials allows.
    variances = [rate.se**2 if rate.se**2 > NOTHING else 0.25 / rate.n_eff for rate in rates]
    together = shrunk([rate.value for rate in rates], variances, level)
    pulled: Iterator[Shrunk | None] = repeat(None) if together is None else iter(together)
    return [
        replace(part, p_adjusted=next(p_values), shrunk=next(pulled)) if part.win_rate else part
        for part in slices
    ]


def _slice(label: str, rows: JudgmentTable, weighting: Weighting, level: float) -> Slice:
    losses, ties, wins = np.bincount(rows.points, minlength=3).tolist()
    enough = len(rows.prompt) >= FEWEST_PROMPTS
    return Slice(
        label=label,
        n=len(rows),
        prompts=len(rows.prompt),
        raters=len(rows.rater),
        wins=wins,
        ties=ties,
        losses=losses,
        win_rate=win_rate(rows, weighting=weighting, level=level) if enough else None,
    )
