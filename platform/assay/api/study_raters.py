"""A study's raters as their figures show them: paused, released, made senior; and what they are due."""

from typing import Any

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, Id, Slug
from assay.api.problems import refusals
from assay.api.studies import ReasonIn, changeable, visible
from assay.reports.kept_quality import shown_figures
from raters.care.pay import take_pay
from raters.models import Enrolment, Study
from raters.quality.contested import set_senior
from raters.quality.measures import RaterQuality
from raters.quality.pausing import pause, release
from raters.studies.exclusions import broken_rule, left_out_by

router = Router(tags=["study quality"])


class RaterOut(Schema):
    """One who takes part, by code."""

    id: int = Field(description="Of the part that they take in this study")
    code: str
    kind: str
    step: str
    status: str
    senior: bool
    left_out_by: str = Field(description="The study's rule that leaves their judgments out; empty: none")
    judgments: int
    shares: dict[str, float | None] = Field(description="Such as gold, agreement, left; null without a case")
    longest_run: int
    median_ms: float | None
    flags: list[str] = Field(description="Figures that chance alone does not explain")


class SeniorIn(Body):
    senior: bool


class PayOut(Schema):
    rater: str
    part: str = Field(description="under way, paused, complete or screened out")
    code: str = Field(description="The code that the rater was shown at the end; empty before it")
    answered: int
    gold: int
    repeats: int
    adjudicated: int
    skipped: int
    practice: int
    minutes: int
    amount: str | None = Field(description="null where the study does not say what it pays")
    currency: str


@router.get("/{slug}/raters", auth=Token(), response=list[RaterOut], summary="Raters of a study")
def list_raters(request: ApiRequest, slug: Slug) -> list[dict[str, Any]]:
    study = visible(request, slug)
    figures = shown_figures(study)
    left_out = left_out_by(study.exclusion_rules, figures.values())
    parts = study.enrolments.select_related("rater").order_by("rater__code")
    return [
        rater_out(part, figures.get(part.rater.code), left_out.get(part.rater.code, "")) for part in parts
    ]


@router.post(
    "/{slug}/raters/{id}/pause", auth=Token("studies:write"), response=RaterOut, summary="Pause a rater"
)
def pause_rater(request: ApiRequest, slug: Slug, id: Id, payload: ReasonIn) -> dict[str, Any]:  # noqa: A002
    """They are given no more work; what they said stays."""
    part = part_or_404(changeable(request, slug), id)
    with refusals():
        pause(part, payload.reason, request.user)
    return alone(part)


@router.post(
    "/{slug}/raters/{id}/release", auth=Token("studies:write"), response=RaterOut, summary="Release a rater"
)
def release_rater(request: ApiRequest, slug: Slug, id: Id, payload: ReasonIn) -> dict[str, Any]:  # noqa: A002
    part = part_or_404(changeable(request, slug), id)
    with refusals():
        release(part, payload.reason, request.user)
    return alone(part)


@router.put(
    "/{slug}/raters/{id}/senior",
    auth=Token("studies:write"),
    response=RaterOut,
    summary="Make a rater senior, or one like others",
)
def make_rater_senior(
    request: ApiRequest,
    slug: Slug,
    id: Id,  # noqa: A002
    payload: SeniorIn,
) -> dict[str, Any]:
    """Senior raters decide what is contested."""
    part = part_or_404(changeable(request, slug), id)
    set_senior(part, payload.senior, request.user)
    return alone(part)


@router.get("/{slug}/pay", auth=Token(), response=list[PayOut], summary="What raters did and are due")
def list_pay(request: ApiRequest, slug: Slug) -> list[dict[str, Any]]:
    """Under the codes by which recruiting sites pay: who reads it stands in the audit log, as for the page's file."""
    rows = take_pay(visible(request, slug), request.user)
    return [
        {name: getattr(row, name) for name in PayOut.model_fields}
        | {"amount": None if row.amount is None else str(row.amount)}
        for row in rows
    ]


def part_or_404(study: Study, pk: int) -> Enrolment:
    part = study.enrolments.select_related("rater").filter(pk=pk).first()
    if part is None:
        raise Http404
    return part


def alone(part: Enrolment) -> dict[str, Any]:
    part.refresh_from_db()
    code = part.rater.code
    figures = shown_figures(part.study).get(code)
    rule = broken_rule(figures, part.study.exclusion_rules) if figures else ""
    return rater_out(part, figures, rule)


def rater_out(part: Enrolment, figures: RaterQuality | None, left_out_by: str) -> dict[str, Any]:
    return {
        "id": part.pk,
        "code": part.rater.code,
        "kind": part.rater.kind,
        "step": part.step,
        "status": part.status,
        "senior": part.is_senior,
        "left_out_by": left_out_by,
        "judgments": figures.n if figures else 0,
        "shares": {name: one.value for name, one in figures.shares.items()} if figures else {},
        "longest_run": figures.longest_run if figures else 0,
        "median_ms": figures.median_ms if figures else None,
        "flags": figures.flags if figures else [],
    }
