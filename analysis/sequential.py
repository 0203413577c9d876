"""Intervals that may be looked at after every prompt, and the rule by which a study may stop early."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from analysis.caveats import side_notes
from analysis.estimates import Weighting
from analysis.proportions import checked_level
from analysis.record import Record, facts
from analysis.tables import JudgmentTable, TableError, one_pair
from analysis.variance import Floats

Kind = Literal["asymptotic", "empirical-bernstein"]
METHODS: dict[Kind, str] = {
    "asymptotic": "asymptotic confidence sequence on prompt means",
    "empirical-bernstein": "empirical-Bernstein confidence sequence on prompt means",
}
FEWEST_PROMPTS = 50  # before, the normal approximation behind the asymptotic sequence is not to be trusted
UNSEEN = 1.5  # squared deviations added to those seen: with less, a mean near 0 or 1 is left out too often


@dataclass(frozen=True)
class Sequence(Record):
    """The interval after each prompt, which holds at all of them together with chance `level`.

    `stopped_at` is the first number of prompts, from `fewest` on, whose interval leaves out `against`.
    It is about new prompts and these raters. Before `fewest` prompts the asymptotic ends are 0 and 1.
    """

    value: float
    low: float
    high: float
    level: float
    method: str
    weighting: Weighting
    stopped_at: int | None
    against: float
    planned: int
    fewest: int
    order: str
    means: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    notes: tuple[str, ...]
    data_digest: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def confidence_sequence(
    table: JudgmentTable,
    *,
    planned: int,
    kind: Kind = "asymptotic",
    against: float = 0.5,
    level: float = 0.95,
) -> Sequence:
    """Follows the win rate prompt by prompt: by the time of each prompt's last judgment, else by name.

    Args: planned: prompts of the whole study, fixed before it began: the asymptotic sequence is tightest at half of
        it, and holds at all looks together only where every look is tuned alike.
    Raises: TableError where the table has fewer than two prompts, or several pairs.
    Source: docs/statistics.md, "Early stopping".
    """
    checked_level(level)
    one_pair(table)
    if kind not in METHODS:
        raise ValueError(f"kind is one of {', '.join(METHODS)}, not {kind!r}")
    x, order = _prompt_means(table)
    if planned < 2:
        raise ValueError(f"planned is a number of prompts from 2 up, not {planned}")
    fewest = FEWEST_PROMPTS if kind == "asymptotic" else 1
    if kind == "asymptotic":
        means, lows, highs = asymptotic(x, planned / 2, 1 - level)
        lows[: fewest - 1], highs[: fewest - 1] = 0.0, 1.0
    else:
        means, lows, highs = empirical_bernstein(x, 1 - level)
    out = np.flatnonzero(((lows > against) | (highs < against)) & (np.arange(1, len(x) + 1) >= fewest))
    return Sequence(
        **facts(table),
        value=float(means[-1]),
        low=float(lows[-1]),
        high=float(highs[-1]),
        level=level,
        method=METHODS[kind],
        weighting="prompts",
        stopped_at=int(out[0]) + 1 if out.size else None,
        against=against,
        planned=planned,
        fewest=fewest,
        order=order,
        means=tuple(means.tolist()),
        lows=tuple(lows.tolist()),
        highs=tuple(highs.tolist()),
        notes=(*table.notes, *_notes(table)),
        data_digest=table.digest,
    )


def _notes(table: JudgmentTable) -> list[str]:
    notes = [
        "the interval holds for new prompts and these raters: with few raters wait for the headline's interval too"
    ]
    if table.shown_at is None:
        notes.append("no column shown_at: prompts were taken by name, which is no order of time")
    return [*notes, *side_notes(table, balances=False)]


def asymptotic(x: Floats, tuned_for: float, alpha: float) -> tuple[Floats, Floats, Floats]:
    """Running mean ± s_t sqrt(2 (tρ²+1)/(t²ρ²) log(sqrt(tρ²+1)/α)), cut to [0, 1].

    ρ makes it tightest near `tuned_for` observations. s_t² = (1½ + squared deviations) / (t + 1), never 0: outcomes
    that were all alike so far are no proof that none will differ. The first two say nothing yet: [0, 1].
    Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), Annals of Statistics 52, Theorem 2.2.
    """
    t = np.arange(1, len(x) + 1)
    mean = np.cumsum(x) / t
    spread = np.sqrt((UNSEEN + np.maximum(np.cumsum(x * x) - t * mean**2, 0)) / (t + 1))
    rho2 = (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / tuned_for
    factor = t * rho2 + 1
    radius = spread * np.sqrt(2 * factor / (t**2 * rho2) * np.log(np.sqrt(factor) / alpha))
    radius[:2] = 1.0
    return mean, np.clip(mean - radius, 0, 1), np.clip(mean + radius, 0, 1)


def empirical_bernstein(x: Floats, alpha: float) -> tuple[Floats, Floats, Floats]:
    """Holds at every sample size, not only large ones, for values in [0, 1]; the running intersection.

    Returns the running means, and the ends, between which the mean lies unless the sequence has failed.
    Source: Waudby-Smith and Ramdas (2024), JRSS B 86, 1-27, Theorem 2 (predictable plug-in), c = 1/2.
    """
    t = np.arange(1, len(x) + 1)
    guess = (0.5 + np.cumsum(x)) / (t + 1)
    spread = (0.25 + np.cumsum((x - guess) ** 2)) / (t + 1)
    before = np.concatenate([[0.25], spread[:-1]])
    bet = np.minimum(np.sqrt(2 * math.log(2 / alpha) / (before * t * np.log(t + 1))), 0.5)
    surprise = (x - np.concatenate([[0.5], guess[:-1]])) ** 2
    cost = surprise * (-np.log1p(-bet) - bet)  # 4 · ψ_E(λ), where ψ_E(λ) = (-log(1-λ) - λ) / 4
    staked = np.cumsum(bet)
    centre, radius = np.cumsum(bet * x) / staked, (math.log(2 / alpha) + np.cumsum(cost)) / staked
    lows = np.maximum.accumulate(np.clip(centre - radius, 0, 1))
    highs = np.minimum.accumulate(np.clip(centre + radius, 0, 1))
    return np.cumsum(x) / t, lows, highs


def _prompt_means(table: JudgmentTable) -> tuple[Floats, str]:
    """Each prompt's mean outcome in the order in which they were done, and how that was told."""
    P = len(table.prompt)
    means: Floats = np.bincount(table.prompt.codes, table.points / 2, P) / table.prompt.counts()
    if table.shown_at is None:
        return means, "by name of prompt, for want of shown_at"
    if np.isnat(table.shown_at).any():
        raise TableError("column shown_at: some times are empty; the order of the prompts cannot be told")
    last = np.full(P, np.datetime64(0, "us"))
    last[table.prompt.codes[np.argsort(table.shown_at, kind="stable")]] = np.sort(table.shown_at)
    return means[np.argsort(last, kind="stable")], "by the time of each prompt's last judgment"
