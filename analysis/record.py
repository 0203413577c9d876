"""What a result on one pair rests on: who was judged, how often with which outcome, on what and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.tables import JudgmentTable


@dataclass(frozen=True, kw_only=True)
class Record:
    """Judgments by outcome, and how many prompts and raters gave them; a name is None where it is not known, or
    where there are several."""

    candidate: str | None
    baseline: str | None
    wins: int
    ties: int
    losses: int
    n: int
    prompts: int
    raters: int


def facts(table: JudgmentTable) -> dict[str, Any]:
    """The fields of `Record`, of every judgment in the table."""
    losses, ties, wins = np.bincount(table.points, minlength=3).tolist()
    return {
        "candidate": _only({candidate for candidate, _ in table.pairs}),
        "baseline": _only({baseline for _, baseline in table.pairs}),
        "wins": wins,
        "ties": ties,
        "losses": losses,
        "n": len(table),
        "prompts": len(table.prompt),
        "raters": len(table.rater),
    }


def _only(names: set[str]) -> str | None:
    """The one name there is."""
    return next(iter(names)) or None if len(names) == 1 else None
