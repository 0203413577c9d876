"""Rows of `judgment/1`: what every rater said, by side of the screen as it was shown, counted or not and why not."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from assay.takeaway.source import Row, Source, pages
from raters.judging import OUTCOMES
from raters.models import Assignment, Comparison, Judgment, SafetyLabel

SCHEMA = "judgment/1"
HARMFUL = {"no": 0.0, "unsure": 0.5, "yes": 1.0}
SKIPPED = "skipped"
BY_A_MODEL = "by_a_language_model"
RELATED = ("assignment__rater", "assignment__comparison__prompt", "superseded_by")
FLIPPED = {"win": "loss", "tie": "tie", "loss": "win"}

COLUMNS = dict.fromkeys(
    ("id", "study_id", "comparison_id", "rater_id", "rater_kind", "prompt_id", "left_response_id"), "string"
)
COLUMNS |= {"right_response_id": "string", "preference": "string", "strength": "int"}
COLUMNS |= {"acceptable.left": "bool", "acceptable.right": "bool", "criteria": "json", "safety": "json"}
COLUMNS |= dict.fromkeys(
    ("comment", "raw_label", "shown_at", "submitted_at", "revision_of", "status", "exclusion_reason"),
    "string",
)
COLUMNS |= {"active_ms": "int", "extra.category": "string", "extra.side": "string", "extra.outcome": "string"}
COLUMNS |= dict.fromkeys(("extra.first", "extra.second", "extra.left_model", "extra.right_model"), "string")
COLUMNS |= {"extra.both_bad": "bool", "extra.comparison_kind": "string", "extra.self_identified": "bool"}
COLUMNS |= {"extra.viewport_width": "int", "extra.viewport_height": "int"}


def judgment_rows(source: Source) -> Iterator[Row]:
    """Every judgment in the order in which they came in, then every skip. Filters: `counted`, `category`."""
    for page in pages(judgments_of(source), *RELATED):
        yield from rows_of(source, page)
    if not source.filters.get("counted"):
        for skips in pages(skips_of(source), "rater", "comparison__prompt"):
            yield from (skip_row(source, one) for one in skips)


def how_many(source: Source) -> int:
    skips = 0 if source.filters.get("counted") else skips_of(source).count()
    return judgments_of(source).count() + skips


def judgments_of(source: Source) -> QuerySet[Judgment]:
    if source.filters.get("counted"):
        found = Judgment.objects.counted(source.study).exclude(assignment__rater__code__in=source.left_out)
    else:
        found = Judgment.objects.filter(assignment__comparison__study=source.study)
    if source.of_category is not None:
        found = found.filter(assignment__comparison__prompt__category=source.of_category)
    return found


def skips_of(source: Source) -> QuerySet[Assignment]:
    found = Assignment.objects.filter(comparison__study=source.study, state=Assignment.State.SKIPPED)
    if source.of_category is not None:
        found = found.filter(comparison__prompt__category=source.of_category)
    return found


def rows_of(source: Source, judgments: list[Judgment]) -> Iterator[Row]:
    keys = [judgment.pk for judgment in judgments]
    labels: dict[int, list[SafetyLabel]] = defaultdict(list)
    for label in SafetyLabel.objects.filter(judgment__in=keys).order_by("pk"):
        labels[label.judgment_id].append(label)
    for judgment in judgments:
        reason = why_not_counted(source, judgment)
        yield judgment_row(source, judgment, labels[judgment.pk], reason)


def why_not_counted(source: Source, judgment: Judgment) -> str:
    """The rule by which the headline does without it, in one word; "" where it counts."""
    assignment = judgment.assignment
    if source.is_counted(judgment.pk):
        rule = source.left_out.get(assignment.rater.code)
        return f"rater_left_out:{rule}" if rule else ""
    if assignment.purpose == Assignment.Purpose.JUDGE:
        return BY_A_MODEL
    if hasattr(judgment, "superseded_by"):
        return "superseded"
    if assignment.state == Assignment.State.SURPLUS:
        return "surplus"
    if assignment.repeat_of_id is not None:
        return "planned_repeat"
    if assignment.comparison.kind != Comparison.Kind.REGULAR:
        return f"{assignment.comparison.kind}_comparison"
    if assignment.comparison.status != Comparison.Status.OPEN:
        return f"comparison_{assignment.comparison.status}"
    return "not_of_the_headline"


def judgment_row(source: Source, judgment: Judgment, labels: Iterable[SafetyLabel], reason: str) -> Row:
    assignment = judgment.assignment
    left = assignment.a_is_left
    return {
        **frame(source, assignment),
        "id": source.id_of("judgment", judgment.pk),
        "preference": side_of(judgment, left),
        "strength": judgment.strength,
        "acceptable": by_side(judgment.acceptable_a, judgment.acceptable_b, left),
        "criteria": {name: screen_side(verdict, left) for name, verdict in sorted(judgment.criteria.items())},
        "safety": {place_of(assignment, label): safety_of(label) for label in labels},
        "comment": judgment.comment,
        "guess": None,  # asked once, at the end: see rater/1
        "raw_label": judgment.raw_answer,
        "submitted_at": time_of(judgment.submitted_at),
        "active_ms": judgment.active_ms,
        "revision_of": source.id_of.or_none("judgment", judgment.supersedes_id),
        "status": "excluded" if reason else "valid",
        "exclusion_reason": reason,
        "extra": {
            **placing(source, assignment),
            "outcome": outcome(source, judgment),
            "both_bad": judgment.both_bad if source.asks_for_both_bad else None,
            "tie_kind": judgment.tie_kind,
            "viewport_width": judgment.viewport_width,
            "viewport_height": judgment.viewport_height,
        },
    }


def skip_row(source: Source, assignment: Assignment) -> Row:
    return {
        **frame(source, assignment),
        "id": source.id_of("skip", assignment.pk),
        "preference": "skip",
        "comment": assignment.skip_reason,
        "status": "excluded",
        "exclusion_reason": SKIPPED,
        "extra": placing(source, assignment),
    }


def frame(source: Source, assignment: Assignment) -> Row:
    """What judgments and skips share: who was shown what."""
    comparison, left = assignment.comparison, assignment.a_is_left
    shown = (comparison.response_a_id, comparison.response_b_id)
    on_left, on_right = shown if left else shown[::-1]
    return {
        "schema": SCHEMA,
        "study_id": source.study.slug,
        "comparison_id": source.id_of("comparison", comparison.pk),
        "rater_id": source.id_of("rater", assignment.rater.code),
        "rater_kind": assignment.rater.kind,
        "prompt_id": comparison.prompt.key,
        "left_response_id": source.id_of.or_none("response", on_left),
        "right_response_id": source.id_of.or_none("response", on_right),
        "shown_at": time_of(assignment.shown_at),
    }


def placing(source: Source, assignment: Assignment) -> Row:
    """Beyond the schema: what was compared, and where the first of the two stood."""
    comparison, left = assignment.comparison, assignment.a_is_left
    a, b = source.names[comparison.arm_a_id], source.names[comparison.arm_b_id]
    flipped = source.b_first(comparison.arm_a_id, comparison.arm_b_id)
    first, second = (b, a) if flipped else (a, b)
    return {
        "category": comparison.prompt.category,
        "first": first,
        "second": second,
        "side": "left" if left != flipped else "right",
        "left_model": a if left else b,
        "right_model": b if left else a,
        "comparison_kind": comparison.kind,
        "self_identified": comparison.self_identified,
        "prompt_hazard": comparison.prompt.hazard,
        "prompt_expected": comparison.prompt.expected,
    }


def outcome(source: Source, judgment: Judgment) -> str:
    """Win, tie or loss of the first of the two."""
    comparison = judgment.assignment.comparison
    of_a = OUTCOMES[judgment.preference]
    return FLIPPED[of_a] if source.b_first(comparison.arm_a_id, comparison.arm_b_id) else of_a


def side_of(judgment: Judgment, a_is_left: bool) -> str:
    return "both_bad" if judgment.both_bad else screen_side(judgment.preference, a_is_left)


def screen_side(verdict: str, a_is_left: bool) -> str:
    """A verdict about a and b as one about left and right."""
    if verdict == Judgment.Preference.TIE:
        return "tie"
    return "left" if (verdict == Judgment.Preference.A) == a_is_left else "right"


def by_side(a: Any, b: Any, a_is_left: bool) -> Row:
    return {"left": a if a_is_left else b, "right": b if a_is_left else a}


def place_of(assignment: Assignment, label: SafetyLabel) -> str:
    is_a = label.response_id == assignment.comparison.response_a_id
    return "left" if is_a == assignment.a_is_left else "right"


def safety_of(label: SafetyLabel) -> Row:
    return {
        "label": label.answer_type,
        "harmful": HARMFUL[label.violation],
        "violation": label.violation,
        "hazard": label.hazard,
        "severity": label.severity,
    }


def time_of(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
