"""What comes after a study: a duplicate, a new version of its design, a template of its settings."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from ninja import Router, Schema, Status
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, ShortText, Slug
from assay.api.problems import refusals
from assay.api.studies import StudyOut, changeable, study_out
from promptsets.refusals import FieldError
from raters.models import Study
from raters.studies.copying import duplicate, keep_as_template, new_version

router = Router(tags=["studies"])
MAKERS: dict[str, Callable[..., Any]] = {
    "duplicate": duplicate,
    "version": new_version,
    "template": keep_as_template,
}


class CopyIn(Body):
    way: Literal["duplicate", "version", "template"] = Field(
        description="A study of its own; a new version of the design; the rubric and settings for other arms"
    )
    name: Annotated[
        ShortText, Field(min_length=1, max_length=100, description="Of the new study or template")
    ]


class CopyOut(Schema):
    """The draft that was made, or the name of the template that was kept."""

    study: StudyOut | None
    template: str | None


@router.post("/{slug}/copies", auth=Token("studies:write"), response={201: CopyOut}, summary="Copy a study")
def copy_study(request: ApiRequest, slug: Slug, payload: CopyIn) -> Status[dict[str, Any]]:
    study = changeable(request, slug)
    with refusals():
        if payload.way != "template":
            check_slug(payload.name)
        made = MAKERS[payload.way](study, payload.name, request.user)
    if isinstance(made, Study):
        return Status(201, {"study": study_out(made, request), "template": None})
    return Status(201, {"study": None, "template": made.name})


def check_slug(name: str) -> None:
    """Raises: FieldError where the name cannot stand in an address."""
    try:
        validate_slug(name)
    except ValidationError:
        told = "stands in addresses: use letters, digits, hyphens and underscores"
        raise FieldError("name", f"A study's name {told}.") from None
