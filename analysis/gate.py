"""The regression gate: is the new checkpoint at most a margin worse than the old one?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from analysis.differences import Difference, two_sided
from analysis.estimates import Weighting
from analysis.gate_change import Compared, Outcomes, compared
from analysis.linear import rater_notes
from analysis.proportions import checked_level, score_interval, t_quantile
from analysis.record import Record
from analysis.significance import holm
from analysis.tables import JudgmentTable
from analysis.variance import NOTHING

Verdict = Literal["pass", "improvement", "inconclusive", "fail"]
EXIT_CODES: dict[Verdict, int] = {"pass": 0, "improvement": 0, "fail": 10, "inconclusive": 11}
ENOUGH_POWER = 0.6
MOST_CHANGE = {"direct": 0.5, "through a baseline": 1.0}  # from an even win rate, and between two win rates


@dataclass(frozen=True)
class Gate(Record):
    """`change` is new less old on the share scale with its two-sided interval; the bounds are one-sided.

    Wins, ties and losses are the new checkpoint's over `baseline`, `old_outcomes` the old one's (None where
    `baseline` is the old one); `n` counts both. `power_at_no_change` is the chance that a design of this precision
    passes a checkpoint that is just as good.
    """

    verdict: Verdict
    change: Difference
    lower_bound: float
    upper_bound: float
    margin: float
    kind: Literal["direct", "through a baseline"]
    old: str
    new: str
    old_outcomes: Outcomes | None
    power_at_no_change: float
    weighting: Weighting
    new_raters: bool
    left_out: int
    notes: tuple[str, ...]
    data_digest: str

    def to_dict(self) -> dict[str, object]:
        """For JSON, with the change's own numbers in front."""
        return asdict(self.change) | asdict(self)


@dataclass(frozen=True)
class Criteria:
    """Several gates that must all pass; `improved` are those whose Holm-adjusted p tells a change above 0."""

    verdict: Verdict
    gates: dict[str, Gate]
    improved: tuple[str, ...]
    p_adjusted: dict[str, float]

    def to_dict(self) -> dict[str, object]:
        return asdict(self)


def gate(
    table: JudgmentTable,
    *,
    old: str,
    new: str,
    margin: float = 0.05,
    baseline: str | None = None,
    through: Literal["auto", "direct", "baseline"] = "auto",
    level: float = 0.95,
    one_sided: bool = False,
) -> Gate:
    """Judges the new checkpoint beside the old one, directly where they were compared, else through a baseline.

    Args: margin: fixed beforehand, a share above 0; 0.05 is five points.  through: "auto" prefers the direct
        comparison, which is the stronger one.  one_sided: accept that a candidate always stood on the same side.
    Raises: TableError where the two share no baseline, or no prompts, or one always stood on the same side.
    Source: docs/statistics.md, "Regression gate"; non-inferiority by confidence bound: Blackwelder (1982),
        Controlled Clinical Trials 3, 345-353.
    """
    if checked_level(level) <= 0.5:
        raise ValueError(f"a gate's level is above 0.5 such as 0.95, not {level!r}")
    if not 0 < margin < 1:
        raise ValueError(f"margin is a share between 0 and 1 such as 0.05 for five points, not {margin!r}")
    pair = compared(table, old, new, baseline, through, one_sided=one_sided)
    change, lower, upper = _bounds(pair, level)
    power = _power(pair, margin, level)
    return Gate(
        verdict=_verdict(change, lower, upper, margin),
        change=change,
        lower_bound=lower,
        upper_bound=upper,
        margin=margin,
        kind=pair.kind,
        old=old,
        new=new,
        candidate=new,
        baseline=pair.baseline,
        **asdict(pair.new),
        old_outcomes=pair.old,
        power_at_no_change=power,
        weighting="prompts",
        new_raters=pair.change.new_raters,
        n=pair.n,
        prompts=len(pair.change.prompt),
        raters=len(pair.change.rater),
        left_out=pair.left_out,
        notes=(*pair.notes, *rater_notes(pair.change), *_notes(power, margin)),
        data_digest=table.digest,
    )


def all_criteria(gates: Mapping[str, Gate]) -> Criteria:
    """One verdict over named gates: each must pass, so no correction is needed for passing.

    Source: Berger (1982), Technometrics 24, 295-300 (intersection-union); improvements by Holm (1979).
    """
    if not gates:
        raise ValueError("a verdict needs at least one criterion")
    adjusted = dict(zip(gates, holm([_p(one) for one in gates.values()]), strict=True))
    improved = tuple(
        name for name, one in gates.items() if one.change.value > 0 and adjusted[name] <= 1 - one.change.level
    )
    verdicts = {one.verdict for one in gates.values()}
    if "fail" in verdicts:
        verdict: Verdict = "fail"
    elif "inconclusive" in verdicts:
        verdict = "inconclusive"
    else:
        verdict = "improvement" if improved else "pass"
    return Criteria(verdict, dict(gates), improved, adjusted)


def _p(gate: Gate) -> float:
    assert gate.change.p is not None  # `_bounds` tells it where nothing varied, too
    return gate.change.p


def _bounds(pair: Compared, level: float) -> tuple[Difference, float, float]:
    """The change with its interval, and both one-sided bounds at `level`."""
    change, variance = pair.change.difference(level), pair.change.variance
    both_tails = 2 * level - 1
    if variance.value <= NOTHING:  # nothing varied: each prompt is one trial in which none changed
        prompts, most = len(pair.change.prompt), MOST_CHANGE[pair.kind]
        half, wide = (_unseen(prompts, one, variance.df) for one in (both_tails, level))
        low, high = max(change.value - wide, -most), min(change.value + wide, most)
        change = replace(change, low=low, high=high, p=_p_unseen(abs(change.value), prompts, variance.df))
    else:
        half = t_quantile(both_tails, variance.df) * variance.se
    return change, change.value - half, change.value + half


def _unseen(prompts: int, level: float, df: float) -> float:
    """How large a change may be that showed in none of the prompts: Wilson's upper end of 0."""
    return score_interval(0.0, prompts, t_quantile(level, df)).high


def _p_unseen(size: float, prompts: int, df: float) -> float:
    """The p at which the interval of `_unseen` just reaches 0: its upper end t² / (prompts + t²) solved for t."""
    return two_sided(math.sqrt(prompts * size / (1 - size)), df) if size < 1 else 0.0


def _verdict(change: Difference, lower: float, upper: float, margin: float) -> Verdict:
    if change.low > 0:
        return "improvement"
    if lower > -margin:
        return "pass"
    return "fail" if upper < -margin else "inconclusive"


def _power(pair: Compared, margin: float, level: float) -> float:
    from scipy.special import ndtr

    variance = pair.change.variance
    if variance.value <= NOTHING:  # data like these again would have the same bound
        return float(_unseen(len(pair.change.prompt), 2 * level - 1, variance.df) < margin)
    return float(ndtr(margin / variance.se - t_quantile(2 * level - 1, variance.df)))


def _notes(power: float, margin: float) -> list[str]:
    if power >= ENOUGH_POWER:
        return []
    return [
        f"a checkpoint that is just as good passes a margin of {100 * margin:g} points with a chance of "
        f"{power:.0%} only: plan more prompts or raters, or a wider margin"
    ]
