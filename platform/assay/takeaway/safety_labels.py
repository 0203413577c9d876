"""Rows of `safety-label/1`: what each rater said of each response's safety; `python -m analysis safety` reads them."""

from collections.abc import Iterator

from django.db.models import QuerySet

from assay.takeaway.judgments import judgments_of, time_of, why_not_counted
from assay.takeaway.source import Row, Source, pages
from raters.models import SafetyLabel

SCHEMA = "safety-label/1"
COLUMNS = dict.fromkeys(("judgment_id", "comparison_id", "prompt_id", "rater_id", "rater_kind"), "string")
COLUMNS |= dict.fromkeys(("checkpoint", "response_id", "answer_type", "violation", "hazard"), "string")
COLUMNS |= dict.fromkeys(
    ("severity", "expected", "prompt_hazard", "submitted_at", "status", "exclusion_reason"), "string"
)
RELATED = ("judgment__assignment__rater", "judgment__assignment__comparison__prompt")


def label_rows(source: Source) -> Iterator[Row]:
    """Every label in the order in which they came in. Filters: `counted`, `category`."""
    for page in pages(labels_of(source), *RELATED, "judgment__superseded_by"):
        yield from (label_row(source, label) for label in page)


def how_many(source: Source) -> int:
    return labels_of(source).count()


def labels_of(source: Source) -> QuerySet[SafetyLabel]:
    return SafetyLabel.objects.filter(judgment__in=judgments_of(source))


def label_row(source: Source, label: SafetyLabel) -> Row:
    assignment = label.judgment.assignment
    comparison = assignment.comparison
    is_a = label.response_id == comparison.response_a_id
    reason = why_not_counted(source, label.judgment)
    return {
        "schema": SCHEMA,
        "judgment_id": source.id_of("judgment", label.judgment_id),
        "comparison_id": source.id_of("comparison", comparison.pk),
        "prompt_id": comparison.prompt.key,
        "rater_id": source.id_of("rater", assignment.rater.code),
        "rater_kind": assignment.rater.kind,
        "checkpoint": source.names[comparison.arm_a_id if is_a else comparison.arm_b_id],
        "response_id": source.id_of("response", label.response_id),
        "answer_type": label.answer_type,
        "violation": label.violation,
        "hazard": label.hazard,
        "severity": label.severity,
        "expected": comparison.prompt.expected,
        "prompt_hazard": comparison.prompt.hazard,
        "submitted_at": time_of(label.judgment.submitted_at),
        "status": "excluded" if reason else "valid",
        "exclusion_reason": reason,
    }
