"""Changes of prompt sets: subsets with their lineage, corrections as new versions, what differs between two."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, ShortText, Slug, Text
from assay.api.problems import refusals
from assay.api.prompt_sets import Number, VersionOut, version_or_404, version_out
from promptsets.comparing import compare
from promptsets.corrections import correct
from promptsets.fitting import FILTERS
from promptsets.subsets import STRATA, Sample, subset

router = Router(tags=["prompt sets"])
LongText = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200_000)]
Key = Annotated[str, Path(), StringConstraints(pattern=r"^[^\x00/]{1,200}$")]


class SampleIn(Body):
    size: Annotated[int, Field(ge=1, le=2**31 - 1)]
    by: list[Literal[*STRATA]] = ["category"]  # type: ignore[valid-type]
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class SubsetIn(Body):
    slug: Annotated[Slug, Field(max_length=64, description="Name of the new set")]
    filters: dict[Literal[*FILTERS], ShortText] = {}  # type: ignore[valid-type]
    sample: SampleIn | None = Field(default=None, description="By default all that fit")


class CorrectionIn(Body):
    """The fields that change."""

    turns: Annotated[list[LongText], Field(min_length=1, max_length=100)] | None = None
    category: Annotated[ShortText, Field(max_length=100)] | None = None
    subcategory: Annotated[ShortText, Field(max_length=100)] | None = None
    language: Annotated[ShortText, Field(max_length=35)] | None = None
    rater_note: LongText | None = None
    reason: Annotated[Text, Field(min_length=1, max_length=500)]


class DifferencesOut(Schema):
    """Keys of prompts, in the words of `diff_promptsets`."""

    added: list[str]
    removed: list[str]
    text_changed: list[str]
    metadata_changed: dict[str, list[str]]


@router.post(
    "/{slug}/versions/{number}/subsets",
    auth=Token("prompts:write"),
    response={200: VersionOut, 201: VersionOut},
    summary="Make a subset",
)
def make_subset(request: ApiRequest, slug: Slug, number: Number, payload: SubsetIn) -> Status[dict[str, Any]]:
    """The prompts that fit the filters, or a stratified sample of them, as a set of its own. 200: it was there."""
    version = version_or_404(slug, number)
    drawn = payload.sample
    with refusals():
        sample = Sample(drawn.size, tuple(drawn.by), drawn.seed) if drawn else None
        made, is_new = subset(version, payload.slug, dict(payload.filters), sample, request.user)
    return Status(201 if is_new else 200, version_out(made))


@router.post(
    "/{slug}/versions/{number}/prompts/{key}/correction",
    auth=Token("prompts:write"),
    response={201: VersionOut},
    summary="Correct a prompt",
)
def correct_prompt(
    request: ApiRequest, slug: Slug, number: Number, key: Key, payload: CorrectionIn
) -> Status[dict[str, Any]]:
    """Makes a new version in which only this prompt differs; the newest alone can be corrected."""
    prompt = version_or_404(slug, number).prompts.filter(key=key).first()
    if prompt is None:
        raise Http404
    proposed = {
        name: value for name, value in payload.model_dump(exclude={"reason"}).items() if value is not None
    }
    if "turns" in proposed:
        proposed["turns"] = tuple(proposed["turns"])
    with refusals():
        return Status(201, version_out(correct(prompt, proposed, payload.reason, request.user)))


@router.get(
    "/{slug}/versions/{number}/differences",
    auth=Token(),
    response=DifferencesOut,
    summary="What differs from another version",
)
def list_differences(
    request: HttpRequest,
    slug: Slug,
    number: Number,
    since: Annotated[Number, Query(description="The other version of this set, by its number")],
) -> dict[str, Any]:
    found = compare(version_or_404(slug, since), version_or_404(slug, number))
    lists = {name: list(getattr(found, name)) for name in ("added", "removed", "text_changed")}
    return lists | {"metadata_changed": {key: list(names) for key, names in found.metadata_changed.items()}}
