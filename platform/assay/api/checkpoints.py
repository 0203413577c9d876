"""Checkpoints: which there are, and new ones."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Archived, Body, DryRun, Id, ShortText, Slug, Text
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from generation.asked import ask
from generation.licences import tell
from generation.models import Checkpoint, Registration
from generation.registering_endpoints import register_endpoint
from generation.wanted import Wanted
from promptsets.trying import tried

router = Router(tags=["checkpoints"])


class CheckpointOut(Schema):
    id: int | None = Field(description="null: with `dry_run`, where nothing was saved")
    name: str
    source: str
    family: str
    uri: str
    digest: str
    series: str | None
    step: int | None
    description: dict[str, Any]
    licence: str
    licence_from: Literal["told", "readme", "shape", ""]
    archived: bool
    created_at: datetime


class CheckpointIn(Body):
    """A folder of weights under CHECKPOINT_ROOTS, or an endpoint such as https://host/v1."""

    name: ShortText
    uri: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]
    series: Slug | None = None
    step: Annotated[int, Field(ge=0, le=2**62)] | None = None
    licence: ShortText | None = Field(
        default=None, description="Of the weights, such as Apache-2.0; of a folder, what its README.md says"
    )
    dtype: ShortText | None = Field(
        default=None, description="Of a folder: float32 (usual), bfloat16, int8, int8-float32"
    )
    model: ShortText | None = Field(default=None, description="Of an endpoint: the server's name for it")
    key_env: ShortText | None = Field(
        default=None, description="Of an endpoint: the variable that holds its key"
    )
    concurrency: Annotated[int, Field(ge=1, le=256)] | None = Field(
        default=None, description="Of an endpoint: requests at a time"
    )
    raw: bool | None = Field(default=None, description="Of an endpoint: send bare text to /completions")
    stop: list[Text] | None = Field(default=None, description="Of an endpoint: texts that end a reply")


class FoundOut(Schema):
    family: str
    digest: str
    description: dict[str, Any] = Field(description="Parameters, chat format, stop ids, dtype, configuration")
    licence: str
    licence_from: Literal["told", "readme", "shape", ""]


class RegistrationOut(Schema):
    """A folder that waits to be registered, or with `dry_run` to be read, by a worker, which alone can read weights."""

    id: int
    name: str
    status: Literal["waiting", "working", "seen", "done", "refused"] = Field(
        description="seen: read with `dry_run`, and not registered"
    )
    reason: str
    found: FoundOut | None = Field(
        description="What was found with `dry_run`: what it would be registered as"
    )
    checkpoint: CheckpointOut | None


@router.get("", auth=Token(), response=Page[CheckpointOut], summary="List checkpoints")
def list_checkpoints(
    request: HttpRequest,
    name: Annotated[ShortText | None, Query(description="Only the one of this name")] = None,
    series: Annotated[Slug | None, Query(description="Only those of this training run")] = None,
    archived: Archived = False,
    after: After = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    rows = Checkpoint.objects.filter(archived_at__isnull=not archived).select_related("series")
    rows = rows.filter(name=name) if name is not None else rows
    rows = rows.filter(series__slug=series) if series is not None else rows
    return page_of(rows, after, limit, checkpoint_out)


@router.post(
    "",
    auth=Token("checkpoints:write"),
    response={200: CheckpointOut, 201: CheckpointOut, 202: RegistrationOut},
    summary="Register a checkpoint",
)
def register_checkpoint(
    request: ApiRequest, payload: CheckpointIn, response: HttpResponse, dry_run: DryRun = False
) -> Status[dict[str, Any]]:
    """An endpoint is a checkpoint at once (201, or 200 where it was one). A folder waits for a worker: 202, and
    `Location` says where to look. The same name and files again change nothing but a licence that is told."""
    with refusals():
        wanted = Wanted(**payload.model_dump())
        if not wanted.is_endpoint:
            how: dict[str, Any] = {
                "dtype": wanted.dtype_or_usual,
                "only_look": dry_run,
                "actor": request.user,
            }
            made = ask(wanted.name, wanted.uri, **wanted.told, **how)
            response["Location"] = reverse("api-1:one_registration", args=[made.pk])
            return Status(202, registration_out(made))
        asked = partial(register_endpoint, wanted.name, wanted.endpoint(), actor=request.user, **wanted.told)
        found = tried(asked) if dry_run else asked()
    told = checkpoint_out(found.checkpoint)
    if dry_run and found.is_new:
        return Status(200, told | {"id": None})
    return Status(201 if found.is_new else 200, told)


@router.get("/{id}", auth=Token(), response=CheckpointOut, summary="One checkpoint")
def one_checkpoint(request: HttpRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    return checkpoint_out(checkpoint_or_404(id))


class LicenceIn(Body):
    licence: ShortText = Field(description="Such as Apache-2.0")


@router.post(
    "/{id}/licence",
    auth=Token("checkpoints:write"),
    response=CheckpointOut,
    summary="Tell a checkpoint's licence",
)
def tell_licence(request: ApiRequest, id: Id, payload: LicenceIn) -> dict[str, Any]:  # noqa: A002
    """Of any checkpoint, one whose responses were imported too; it takes the place of what was told or found before."""
    found = checkpoint_or_404(id)
    with refusals():
        tell(found, payload.licence, request.user)
    return checkpoint_out(found)


registrations = Router(tags=["checkpoints"])


@registrations.get(
    "/{id}", auth=Token(), response=RegistrationOut, url_name="one_registration", summary="One registration"
)
def one_registration(request: HttpRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    """What became of a folder that was asked for: done with its checkpoint, or refused with the reason."""
    found = Registration.objects.select_related("checkpoint__series").filter(pk=id).first()
    if found is None:
        raise Http404
    return registration_out(found)


def checkpoint_or_404(pk: int) -> Checkpoint:
    found = Checkpoint.objects.select_related("series").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def checkpoint_out(row: Checkpoint) -> dict[str, Any]:
    fields: tuple[str, ...] = ("name", "source", "family", "uri", "digest", "step", "description")
    fields += ("licence", "licence_from", "created_at")
    out = {name: getattr(row, name) for name in fields}
    told = {"id": row.pk, "archived": row.archived_at is not None}
    return out | told | {"series": row.series.slug if row.series else None}


def registration_out(row: Registration) -> dict[str, Any]:
    checkpoint = checkpoint_out(row.checkpoint) if row.checkpoint else None
    fields = ("name", "status", "reason")
    told = {name: getattr(row, name) for name in fields} | {"found": row.found or None}
    return told | {"id": row.pk, "checkpoint": checkpoint}
