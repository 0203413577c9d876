"""What a draft waits for; the locked design of a study as its reader may know it, and what it changed."""

from datetime import datetime
from typing import Any

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token, may_see_names
from assay.api.fields import Slug
from assay.api.studies import visible
from assay.reports.designs import design_for
from raters.comparisons.leaning import leaning
from raters.comparisons.lint import lint
from raters.models import Study
from raters.studies.responses import waits_for

router = Router(tags=["studies"])


class DesignChangeOut(Schema):
    """One part that differs; null where one of the two designs has no such part."""

    part: str = Field(description="By its path, such as rubric.slug")
    before: Any
    after: Any


class DesignOut(Schema):
    sha256: str
    locked_at: datetime
    locked_by: str | None = Field(description="Null for a command or a worker")
    blind: bool = Field(
        description="Whether arms have labels alone, and the digest over their texts is left out"
    )
    design: dict[str, Any]
    follows: str | None = Field(description="The study whose design this one changes, if you may know of it")
    changes: list[DesignChangeOut]


class NamedOut(Schema):
    """A model's or maker's name in a text that raters would read."""

    where: str
    name: str
    tells: bool = Field(description="Whether it tells an arm, which keeps the study from being opened")


class DraftOut(Schema):
    waits_for: str = Field(
        description="What of its responses is still being generated; empty where nothing is"
    )
    names: list[NamedOut]
    leaning: list[str] = Field(description="What of gold and practice leans, and what would help")


@router.get(
    "/{slug}/draft", auth=Token(), response=DraftOut, summary="What a draft waits for and is warned of"
)
def check_draft(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    """Once it is locked there is no draft: 404."""
    study = visible(request, slug)
    if study.status != Study.Status.DRAFT:
        raise Http404
    return {"waits_for": waits_for(study), "names": lint(study), "leaning": leaning(study)}


@router.get("/{slug}/design", auth=Token(), response=DesignOut, summary="The locked design of a study")
def design_of_study(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    """A draft has none: 404."""
    told = design_for(visible(request, slug), request.user, names_allowed=may_see_names(request))
    if told is None:
        raise Http404
    return {
        "sha256": told.study.design_sha256,
        "locked_at": told.study.locked_at,
        "locked_by": told.locked_by,
        "blind": told.is_blind,
        "design": dict(told.design),
        "follows": told.follows.slug if told.follows else None,
        "changes": list(told.changes),
    }
