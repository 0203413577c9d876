"""The violation rate of a new checkpoint, from the safety labels that raters gave its responses in one study."""

from typing import Any

from assay.evaluations.models import RunStudy
from assay.reports.judgments import headline_judgments, rater_key
from raters.models import Comparison, SafetyLabel

FEWEST_PROMPTS = 2
FIELDS: dict[str, Any] = {
    "prompt_id": "judgment__assignment__comparison__prompt__key",
    "rater_id": rater_key("judgment__assignment__rater"),
    "answer_type": "answer_type",
    "violation": "violation",
    "hazard": "hazard",
    "severity": "severity",
    "comparison": "judgment__assignment__comparison",
    "text": "response__text_sha256",
}


def violation_rate(asked: RunStudy) -> dict[str, Any] | None:
    """By majority of raters, prompt by prompt; None where the rubric asks for no labels, or too few are there."""
    if not asked.study.rubric.asks_safety:
        return None
    from analysis.safety import safety
    from analysis.safety_tables import read_safety

    rows = labels_of(asked)
    if len({row["prompt_id"] for row in rows}) < FEWEST_PROMPTS:
        return None
    columns = {name: [row[name] for row in rows] for name in FIELDS if name not in ("comparison", "text")}
    table = read_safety(columns | {"checkpoint": [asked.run.checkpoint.name] * len(rows)})
    rate = next(rate for rate in safety(table).rates if rate.measure == "violation")
    fields = ("value", "low", "high", "level", "method", "prompts")
    return {name: getattr(rate, name) for name in fields} | {"n": rate.labels}


def labels_of(asked: RunStudy) -> list[dict[str, Any]]:
    """Labels of the candidate's texts: of this study's judgments, and of those that count here from earlier ones."""
    wanted = asked.study.comparisons.regular().filter(
        status__in=[Comparison.Status.OPEN, Comparison.Status.REUSED]
    )
    texts = {
        row.reuses_id or row.pk: row.response_a.text_sha256
        for row in wanted.select_related("response_a")
        if row.response_a
    }
    studies = {
        asked.study,
        *(row.reuses.study for row in wanted.select_related("reuses__study") if row.reuses),
    }
    rows = [
        dict(zip(FIELDS, values, strict=True))
        for study in studies
        for values in SafetyLabel.objects.filter(
            judgment__in=headline_judgments(study), judgment__assignment__comparison__in=texts
        ).values_list(*FIELDS.values())
    ]
    return [row for row in rows if texts[row["comparison"]] == row["text"]]
