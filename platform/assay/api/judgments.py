"""Judgments of a study, in the columns that `analysis` reads, by cursor."""

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token, may_see_names
from assay.api.fields import Slug
from assay.api.paging import After, Limit, Page, page_of
from assay.api.studies import visible
from assay.reports.blinding import Arms, arms_for
from raters.judging import OUTCOMES
from raters.models import Judgment

router = Router(tags=["judgments"])
TURNED = {"a": "b", "b": "a", "tie": "tie"}
RELATED = ("assignment__comparison__prompt", "assignment__rater")


class SafetyLabelOut(Schema):
    """What the rater said of one response's safety."""

    model: str = Field(description="Whose response, as `candidate` and `baseline` name them")
    answer_type: str
    violation: str = Field(description="no, unsure or yes")
    hazard: str = Field(description="Empty where there is no violation")
    severity: str


class JudgmentOut(Schema):
    """What one rater said of one comparison. Rows are only ever added: a changed mind supersedes."""

    id: int
    comparison: int
    supersedes: int | None
    prompt_id: str
    rater_id: str
    category: str
    candidate: str = Field(description="While blind the arm that comes first, by its label")
    baseline: str = Field(description="While blind the arm that comes second")
    outcome: str = Field(description="win, tie or loss of `candidate`")
    side: str = Field(description="Where `candidate` stood: left or right")
    strength: int
    both_bad: bool
    tie_kind: str
    criteria: dict[str, str] = Field(description="Outcome by criterion")
    safety_labels: list[SafetyLabelOut]
    comment: str
    kind: str = Field(description="regular, gold or practice: only regular ones are counted")
    state: str = Field(description="done, or surplus: after the wanted ones, not counted")
    repeat: bool = Field(description="A planned repeat, which is not counted")
    shown_at: datetime | None
    submitted_at: datetime
    active_ms: int | None
    viewport_width: int | None = Field(
        description="Of the rater's window in CSS pixels; null where not known"
    )
    viewport_height: int | None


@router.get("/{slug}/judgments", auth=Token(), response=Page[JudgmentOut], summary="Judgments of a study")
def list_judgments(request: ApiRequest, slug: Slug, after: After = "", limit: Limit = 100) -> dict[str, Any]:
    """In the order in which they were stored. To follow a study, keep the last `next` and ask again behind it."""
    study = visible(request, slug)
    arms = arms_for(study, request.user, names_allowed=may_see_names(request))
    rows = Judgment.objects.filter(assignment__comparison__study=study).select_related(*RELATED)
    rows = rows.prefetch_related("safety_labels")
    return page_of(rows, after, limit, lambda row: judgment_out(row, arms))


def judgment_out(row: Judgment, arms: Arms) -> dict[str, Any]:
    given, comparison = row.assignment, row.assignment.comparison
    pair = (comparison.arm_a_id, comparison.arm_b_id)
    turned = arms.turns(*pair)
    first, second = arms.pair(*pair)
    fields: tuple[str, ...] = ("supersedes_id", "strength", "both_bad", "tie_kind", "comment", "submitted_at")
    fields += ("active_ms", "viewport_width", "viewport_height")
    return {
        **{name.removesuffix("_id"): getattr(row, name) for name in fields},
        "id": row.pk,
        "comparison": comparison.pk,
        "prompt_id": comparison.prompt.key,
        "rater_id": given.rater.code,
        "category": comparison.prompt.category,
        "candidate": arms.called[first],
        "baseline": arms.called[second],
        "outcome": outcome(row.preference, turned),
        "side": "left" if given.a_is_left != turned else "right",
        "criteria": {name: outcome(verdict, turned) for name, verdict in row.criteria.items()},
        "safety_labels": labels_of(row, arms),
        "kind": comparison.kind,
        "state": given.state,
        "repeat": given.repeat_of_id is not None,
        "shown_at": given.shown_at,
    }


def labels_of(row: Judgment, arms: Arms) -> list[dict[str, str]]:
    comparison = row.assignment.comparison
    models = {
        comparison.response_a_id: arms.called[comparison.arm_a_id],
        comparison.response_b_id: arms.called[comparison.arm_b_id],
    }
    fields = ("answer_type", "violation", "hazard", "severity")
    told = [
        {"model": models[label.response_id], **{name: getattr(label, name) for name in fields}}
        for label in row.safety_labels.all()
    ]
    return sorted(told, key=lambda label: label["model"])


def outcome(preference: str, turned: bool) -> str:
    return OUTCOMES[TURNED[preference] if turned else preference]
