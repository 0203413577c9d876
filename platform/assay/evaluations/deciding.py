"""From judgments to a verdict: the gate of each question, or the confidence sequence where a plan stops early."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.evaluations.models import EvaluationRun, EvaluationVersion, RunStudy
from assay.evaluations.voices import (
    FEWEST_PROMPTS,
    FEWEST_READ,
    deciding_columns,
    model_rate,
    notes_on_model,
    read_share,
)
from assay.reports.judgments import FIELDS, as_columns, headline_judgments, judged_rows
from assay.reports.settled import notes_on
from raters.models import Comparison

if TYPE_CHECKING:
    from analysis.sequential import Sequence

LEVEL = 0.95
SHOWN_AT = {**FIELDS, "shown_at": "assignment__shown_at"}
FINAL = ("pass", "improvement", "fail")


@dataclass(frozen=True)
class SequenceVerdict:
    """What a confidence sequence over the prompts judged so far says; it may be asked at any time."""

    verdict: str
    sequence: "Sequence"
    settled_share: float

    @property
    def is_final(self) -> bool:
        return self.verdict in FINAL

    @property
    def prompts(self) -> int:
        return self.sequence.prompts


def gate_of(asked: RunStudy) -> dict[str, Any]:
    """One question's gate in plain values, for keeping; `verdict` is inconclusive where there is too little.

    `model` holds what a language model says beside people.
    """
    version = asked.run.version
    columns = deciding_columns(asked)
    if len(set(columns["prompt_id"])) < FEWEST_PROMPTS:
        return _undecided(asked, "fewer than two prompts were judged")
    if version.judged_alone_by:
        if (share := read_share(asked)) < FEWEST_READ:
            return _undecided(asked, f"the model's verdicts on {share:.0%} of the comparisons could be read")
        return _fixed(asked, columns)
    if version.stops_early and (told := sequence_verdict(asked)):
        found = from_sequence(told, version.gate_margin) | {"notes": _notes(asked, told.sequence.notes)}
    else:
        found = _fixed(asked, columns)
    beside = model_rate(asked)
    return found | {"model": beside} if beside else found


def _undecided(asked: RunStudy, why: str) -> dict[str, Any]:
    return {"verdict": "inconclusive", "notes": _notes(asked, [why]), "margin": asked.run.version.gate_margin}


def _fixed(asked: RunStudy, columns: Any) -> dict[str, Any]:
    from analysis.gate import gate
    from analysis.tables import read_judgments

    table = read_judgments(columns)
    names = arms_of(asked)
    found = gate(table, old=names["baseline"], new=names["candidate"], margin=asked.run.version.gate_margin)
    change = found.change
    kept = ("verdict", "margin", "lower_bound", "upper_bound", "power_at_no_change", "n", "prompts", "raters")
    return {name: getattr(found, name) for name in kept} | {
        "value": change.value,
        "low": change.low,
        "high": change.high,
        "level": change.level,
        "p": change.p,
        "method": f"direct comparison, {change.method}",
        "data_sha256": found.data_digest,
        "notes": _notes(asked, found.notes),
    }


def arms_of(asked: RunStudy) -> dict[str, str]:
    """Names of the two sides, as the table of judgments calls them."""
    arms = asked.study.arms.select_related("run__checkpoint")
    return {arm.role: arm.run.checkpoint.name for arm in arms}


def _notes(asked: RunStudy, found: Any) -> list[str]:
    notes = [*notes_on(asked.study), *found]
    if asked.run.version.judged_alone_by:
        return [*notes_on_model(asked), *notes]
    if asked.study.simulation:
        notes.insert(0, "simulated raters: this says nothing about people")
    return notes


def sequence_verdict(asked: RunStudy) -> SequenceVerdict | None:
    """None while there is too little to say anything.

    Only prompts that were asked about are in the sequence. Those of equal texts are known beforehand to be ties, so a
    change of d among the asked ones is one of d times their share among all: the margin is widened accordingly.
    """
    from analysis.sequential import confidence_sequence
    from analysis.tables import read_judgments

    study = asked.study
    rows = judged_rows(study, headline_judgments(study), SHOWN_AT)
    rows = _whole_prompts(rows, study.ratings_per_comparison)
    if len({row["prompt_id"] for row in rows}) < FEWEST_PROMPTS:
        return None
    equal = study.comparisons.regular().filter(status=Comparison.Status.EQUAL).count()
    counting = study.comparisons.regular().filter(status=Comparison.Status.OPEN).count()
    planned = counting + study.comparisons.regular().filter(status=Comparison.Status.REUSED).count()
    table = read_judgments(as_columns(study, rows, SHOWN_AT))
    share = planned / (planned + equal)
    margin = asked.run.version.gate_margin / share
    sequence = confidence_sequence(
        table, planned=max(planned, FEWEST_PROMPTS), against=max(0.5 - margin, 0.0), level=LEVEL
    )
    return SequenceVerdict(_of_bounds(sequence, margin), sequence, 1 - share)


def _whole_prompts(rows: list[dict[str, Any]], ratings: int) -> list[dict[str, Any]]:
    """Only prompts with all their ratings: which ones are done first must not depend on what was said."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["prompt_id"]] = counts.get(row["prompt_id"], 0) + 1
    return [row for row in rows if counts[row["prompt_id"]] >= ratings]


def _of_bounds(sequence: "Sequence", margin: float) -> str:
    """The first time the sequence left the margin out decides; it may then be looked at no more."""
    against, stop = 0.5 - margin, sequence.stopped_at
    at = (stop or sequence.prompts) - 1
    low, high = sequence.lows[at], sequence.highs[at]
    if low > 0.5:
        return "improvement"
    if against < 0 or low > against:
        return "pass"
    return "fail" if high < against else "inconclusive"


def from_sequence(told: SequenceVerdict, margin: float) -> dict[str, Any]:
    """In the words of a fixed gate; numbers are of all prompts, those of equal texts among them."""
    share, sequence = 1 - told.settled_share, told.sequence
    at = (sequence.stopped_at or sequence.prompts) - 1
    means, lows, highs = ((one[at] - 0.5) * share for one in (sequence.means, sequence.lows, sequence.highs))
    return {
        "verdict": told.verdict,
        "margin": margin,
        "value": means,
        "low": lows,
        "high": highs,
        "lower_bound": lows,
        "upper_bound": highs,
        "level": sequence.level,
        "n": sequence.n,
        "prompts": at + 1,
        "raters": sequence.raters,
        "method": f"direct comparison, {sequence.method}",
        "data_sha256": sequence.data_digest,
    }


def decides(run: EvaluationRun, asked: RunStudy) -> bool:
    """Whether this question's gate counts, by the plan's rule; the baseline's does while nothing has passed yet."""
    if run.version.decided_by == EvaluationVersion.DecidedBy.PREVIOUS and len(run.opponents) > 1:
        return asked.against == RunStudy.Against.PREVIOUS
    return True


def verdict_over(gates: dict[str, dict[str, Any]]) -> str:
    """All must pass; one improvement, adjusted by Holm over the gates, makes the whole one.

    Source: Berger (1982), Technometrics 24, 295-300 (intersection-union); improvements by Holm (1979).
    """
    from analysis.significance import holm

    verdicts = {gate["verdict"] for gate in gates.values()}
    if not gates or "inconclusive" in verdicts:
        return "fail" if "fail" in verdicts else "inconclusive"
    if "fail" in verdicts:
        return "fail"
    if len(gates) == 1:
        return next(iter(verdicts))
    p_values = [1.0 if gate.get("p") is None else gate["p"] for gate in gates.values()]
    adjusted = holm(p_values)
    better = any(
        gate["value"] > 0 and p <= 1 - gate["level"] for gate, p in zip(gates.values(), adjusted, strict=True)
    )
    return "improvement" if better else "pass"
