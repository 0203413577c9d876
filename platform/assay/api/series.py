"""Training runs: the places they watch, what was found there and what was refused."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, ShortText, Slug, Text
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from generation.models import CheckpointSeries, Sighting
from generation.series import watch

router = Router(tags=["evaluations"])
SightingStatus = Literal["watched", "ready", "describing", "registered", "refused"]


class SeriesOut(Schema):
    slug: str
    title: str
    watch_uri: str = Field(description="Empty: it watches no place")
    look_every_s: int
    dtype: str
    looked_at: datetime | None
    watch_error: str = Field(description="Why the last look failed; empty otherwise")


class WatchIn(Body):
    """Where a training run's checkpoints appear. An empty place ends the watch."""

    uri: Annotated[Text, Field(max_length=1000)] = ""
    title: ShortText = ""
    every_s: Annotated[int, Field(ge=1, le=2**31 - 1)] = 15
    dtype: Literal["float32", "bfloat16", "int8", "int8-float32"] = "float32"


class SightingOut(Schema):
    """A folder that was seen in a watched place."""

    name: str
    uri: str
    status: str
    reason: str = Field(description="What it lacks, or why it was refused")
    files: int
    size: int
    first_seen_at: datetime
    checkpoint: str | None


@router.get("", auth=Token(), response=Page[SeriesOut], summary="List series")
def list_series(request: HttpRequest, after: After = "", limit: Limit = 100) -> dict[str, Any]:
    return page_of(CheckpointSeries.objects.all(), after, limit, series_out)


@router.get("/{slug}", auth=Token(), response=SeriesOut, summary="One series")
def one_series(request: HttpRequest, slug: Slug) -> dict[str, Any]:
    return series_out(series_or_404(slug))


@router.put("/{slug}", auth=Token("evaluations:write"), response=SeriesOut, summary="Watch a place")
def watch_place(request: ApiRequest, slug: Slug, payload: WatchIn) -> dict[str, Any]:
    """Makes the series if there is none of that name; the same again changes nothing."""
    with refusals():
        return series_out(watch(slug, **payload.model_dump(), actor=request.user))


@router.get("/{slug}/sightings", auth=Token(), response=Page[SightingOut], summary="What was found there")
def list_sightings(
    request: HttpRequest,
    slug: Slug,
    status: Annotated[SightingStatus | None, Query(description="Only those that stand so")] = None,
    after: After = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    rows = series_or_404(slug).sightings.select_related("checkpoint")
    return page_of(rows.filter(status=status) if status else rows, after, limit, sighting_out)


def series_or_404(slug: str) -> CheckpointSeries:
    found = CheckpointSeries.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def series_out(row: CheckpointSeries) -> dict[str, Any]:
    fields = ("slug", "title", "watch_uri", "look_every_s", "looked_at", "watch_error")
    return {name: getattr(row, name) for name in fields} | {"dtype": row.watch_dtype}


def sighting_out(row: Sighting) -> dict[str, Any]:
    fields = ("name", "uri", "status", "reason", "files", "size", "first_seen_at")
    checkpoint = row.checkpoint.name if row.checkpoint else None
    return {name: getattr(row, name) for name in fields} | {"checkpoint": checkpoint}
