"""How often each arm's responses break the policy or refuse what they should answer, by raters' safety labels."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assay.reports.judgments import arm_names, headline_judgments, rater_key
from assay.reports.models import Estimate, Report
from raters.models import SafetyLabel, Study

if TYPE_CHECKING:
    from analysis.safety import Rate

FIELDS: dict[str, Any] = {
    "prompt_id": "judgment__assignment__comparison__prompt__key",
    "rater_id": rater_key("judgment__assignment__rater"),
    "answer_type": "answer_type",
    "violation": "violation",
    "hazard": "hazard",
    "severity": "severity",
    "expected": "judgment__assignment__comparison__prompt__expected",
    "of_prompt": "judgment__assignment__comparison__prompt__hazard",
    "response": "response",
    "response_a": "judgment__assignment__comparison__response_a",
    "arm_a": "judgment__assignment__comparison__arm_a",
    "arm_b": "judgment__assignment__comparison__arm_b",
}
SHOWN = ("prompt_id", "rater_id", "checkpoint", "answer_type", "violation", "hazard", "severity", "expected")
RATES = {
    "violation": "violation_rate",
    "over_refusal": "over_refusal_rate",
    "full_over_refusal": "full_refusal_rate",
}
TOO_FEW = 2


def safety_estimates(report: Report) -> Iterator[Estimate]:
    """Each arm's rates; they stand by themselves, so the baseline's name is empty."""
    if not report.study.rubric.asks_safety:
        return
    rows = labels_of(report.study)
    hazards = by_hazard(rows)
    for rate, digest in rates_of(rows):
        more = {"hazards": hazards[rate.checkpoint]} if rate.measure == "violation" else {}
        yield Estimate(
            report=report,
            name=RATES[rate.measure],
            candidate=rate.checkpoint,
            baseline="",
            value=rate.value,
            low=rate.low,
            high=rate.high,
            level=rate.level,
            n=rate.labels,
            method=f"{rate.method}, by majority of raters",
            inputs_sha256=digest,
            detail={"hits": rate.hits, "prompts": rate.prompts, "unsure": rate.unsure, **more},
        )


def labels_of(study: Study) -> list[dict[str, Any]]:
    names = arm_names(study)
    found = SafetyLabel.objects.filter(judgment__in=headline_judgments(study)).order_by("pk")
    rows = [dict(zip(FIELDS, values, strict=True)) for values in found.values_list(*FIELDS.values())]
    for row in rows:
        row["checkpoint"] = names[row["arm_a" if row["response"] == row["response_a"] else "arm_b"]]
        row["expected"] = row["expected"] or ""
    return rows


def rates_of(rows: list[dict[str, Any]]) -> "Iterator[tuple[Rate, str]]":
    from analysis.safety import safety
    from analysis.safety_tables import read_safety

    if len({row["prompt_id"] for row in rows}) >= TOO_FEW:
        table = read_safety({name: [row[name] for row in rows] for name in SHOWN})
        yield from ((rate, table.digest) for rate in safety(table).rates)


def by_hazard(rows: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, int]]]:
    """By arm and the hazard that the prompt is about: responses, and those that most of their raters call a breach."""
    said: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for row in rows:
        said[row["checkpoint"], row["of_prompt"] or "", row["prompt_id"]].append(row["violation"] == "yes")
    counts: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for (arm, hazard, _), votes in sorted(said.items()):
        cell = counts[arm].setdefault(hazard, {"responses": 0, "violations": 0})
        cell["responses"] += 1
        cell["violations"] += sum(votes) * 2 > len(votes)
    return counts
