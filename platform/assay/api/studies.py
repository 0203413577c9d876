"""Studies: settled, locked, started, paused, finished, unblinded."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token, may_see_names
from assay.api.fields import Archived, Body, Slug, Text
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from assay.reports.blinding import arms_for
from raters.models import Study, StudyArm
from raters.studies.design import lock
from raters.studies.drafting import SETTINGS, change_settings
from raters.studies.phases import take
from raters.studies.unblinding import unblind

router = Router(tags=["studies"])


class ArmOut(Schema):
    """While its reader is blind, an arm has a label and nothing else."""

    label: str
    role: str | None
    checkpoint: str | None
    run: int | None


class StudyOut(Schema):
    slug: str
    title: str
    status: str
    prompt_set: str
    rubric: str
    ratings_per_comparison: int
    blind: bool = Field(
        description="Whether arms are called Model 1, Model 2, in an order that tells nothing"
    )
    arms: list[ArmOut]
    settings: dict[str, Any]
    design_sha256: str
    simulated: bool
    imported: dict[str, str] | None = Field(description="Format, name and digest of the file it was read of")
    archived: bool
    locked_at: datetime | None
    unblinded_at: datetime | None
    created_at: datetime


Settings = dict[Literal[*SETTINGS], Any]  # type: ignore[valid-type]


class SettingsIn(Body):
    settings: Settings


class ReasonIn(Body):
    reason: Annotated[Text, Field(min_length=1, description="Why; it stands in the audit log")]


@router.get("", auth=Token(), response=Page[StudyOut], summary="List studies")
def list_studies(
    request: ApiRequest, archived: Archived = False, after: After = "", limit: Limit = 100
) -> dict[str, Any]:
    rows = with_related(Study.objects.for_user(request.user).filter(archived_at__isnull=not archived))
    return page_of(rows, after, limit, lambda row: study_out(row, request))


@router.get("/{slug}", auth=Token(), response=StudyOut, summary="One study")
def one_study(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    return study_out(visible(request, slug), request)


@router.patch("/{slug}/settings", auth=Token("studies:write"), response=StudyOut, summary="Settle a draft")
def settle_study(request: ApiRequest, slug: Slug, payload: SettingsIn) -> dict[str, Any]:
    """Only a draft's settings change: a locked design is not edited."""
    study = changeable(request, slug)
    with refusals():
        return study_out(change_settings(study, payload.settings, request.user), request)


@router.post("/{slug}/lock", auth=Token("studies:write"), response=StudyOut, summary="Lock a design")
def lock_study(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    """Fixes the design, with its digest, and opens the study for raters."""
    study = changeable(request, slug)
    with refusals():
        lock(study, request.user)
    return study_out(study, request)


@router.post("/{slug}/start", auth=Token("studies:write"), response=StudyOut, summary="Start a paused study")
def start_study(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    return step(request, slug, "start")


@router.post("/{slug}/pause", auth=Token("studies:write"), response=StudyOut, summary="Pause a study")
def pause_study(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    return step(request, slug, "pause")


@router.post("/{slug}/finish", auth=Token("studies:write"), response=StudyOut, summary="Finish a study")
def finish_study(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    """For good: nothing that comes in later counts."""
    return step(request, slug, "finish")


@router.post("/{slug}/unblind", auth=Token("unblind"), response=StudyOut, summary="Unblind a study")
def unblind_study(request: ApiRequest, slug: Slug, payload: ReasonIn) -> dict[str, Any]:
    """Shows names to all who may see the study, for good. An owner's act, which stands in the audit log."""
    visible(request, slug)
    study = found_in(Study.objects.for_owner(request.user), slug)
    with refusals():
        return study_out(unblind(study, payload.reason, request.user), request)


def step(request: ApiRequest, slug: str, name: str) -> dict[str, Any]:
    study = changeable(request, slug)
    with refusals():
        return study_out(take(study, name, request.user), request)


def visible(request: ApiRequest, slug: str) -> Study:
    return found_in(Study.objects.for_user(request.user), slug)


def changeable(request: ApiRequest, slug: str) -> Study:
    return found_in(Study.objects.for_editor(request.user), slug)


def found_in(studies: QuerySet[Study], slug: str) -> Study:
    study = with_related(studies).filter(slug=slug).first()
    if study is None:
        raise Http404
    return study


def with_related(studies: QuerySet[Study]) -> QuerySet[Study]:
    return studies.select_related("prompt_set_version__prompt_set", "rubric")


def study_out(study: Study, request: HttpRequest) -> dict[str, Any]:
    fields = ("slug", "title", "status", "ratings_per_comparison", "design_sha256")
    times = ("locked_at", "unblinded_at", "created_at")
    arms = arms_for(study, request.user, names_allowed=may_see_names(request))  # type: ignore[arg-type]
    return {
        **{name: getattr(study, name) for name in (*fields, *times)},
        "prompt_set": str(study.prompt_set_version),
        "rubric": str(study.rubric),
        "blind": arms.is_blind,
        "arms": sorted(
            (
                arm_out(arm, arms.called[arm.pk], arms.is_blind)
                for arm in study.arms.select_related("run__checkpoint")
            ),
            key=lambda arm: str(arm["label"]),
        ),
        "settings": {name: getattr(study, name) for name in SETTINGS},
        "simulated": study.simulation is not None,
        "imported": study.imported,
        "archived": study.archived_at is not None,
    }


def arm_out(arm: StudyArm, label: str, is_blind: bool) -> dict[str, Any]:
    if is_blind:
        return {"label": label, "role": None, "checkpoint": None, "run": None}
    return {"label": label, "role": arm.role, "checkpoint": arm.run.checkpoint.name, "run": arm.run_id}
