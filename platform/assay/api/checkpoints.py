"""Checkpoints: which there are, new ones, and responses that came from elsewhere."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import File, Query, Router, Schema, Status, UploadedFile
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, Id, ShortText, Slug, Text, VersionName
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from generation.asked import ask
from generation.harness import importing as harness
from generation.harness.reading import LARGEST
from generation.importing import import_source
from generation.models import Checkpoint, Registration, ResultFile
from generation.registering_endpoints import register_endpoint
from generation.wanted import Wanted
from promptsets.formats.source import LARGEST_FILE, source_of
from promptsets.naming import version_named

router = Router(tags=["checkpoints"])


class CheckpointOut(Schema):
    id: int
    name: str
    source: str
    family: str
    uri: str
    digest: str
    series: str | None
    step: int | None
    description: dict[str, Any]
    created_at: datetime


class CheckpointIn(Body):
    """A folder of weights under CHECKPOINT_ROOTS, or an endpoint such as https://host/v1."""

    name: ShortText
    uri: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]
    series: Slug | None = None
    step: Annotated[int, Field(ge=0, le=2**62)] | None = None
    dtype: ShortText | None = Field(default=None, description="Of a folder: float32 (usual) or bfloat16")
    model: ShortText | None = Field(default=None, description="Of an endpoint: the server's name for it")
    key_env: ShortText | None = Field(
        default=None, description="Of an endpoint: the variable that holds its key"
    )
    concurrency: Annotated[int, Field(ge=1, le=256)] | None = Field(
        default=None, description="Of an endpoint: requests at a time"
    )
    raw: bool | None = Field(default=None, description="Of an endpoint: send bare text to /completions")
    stop: list[Text] | None = Field(default=None, description="Of an endpoint: texts that end a reply")


class RegistrationOut(Schema):
    """A folder whose registration waits for a worker, which alone can read weights."""

    id: int
    name: str
    status: Literal["waiting", "working", "done", "refused"]
    reason: str
    checkpoint: CheckpointOut | None


class ImportOut(Schema):
    run: int
    format: str
    rows: int
    by_id: int
    by_text: int
    not_joined: int
    filled: int
    missing: int
    statuses: dict[str, int]


@router.get("", auth=Token(), response=Page[CheckpointOut], summary="List checkpoints")
def list_checkpoints(
    request: HttpRequest,
    name: Annotated[ShortText | None, Query(description="Only the one of this name")] = None,
    series: Annotated[Slug | None, Query(description="Only those of this training run")] = None,
    after: After = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    rows = Checkpoint.objects.select_related("series")
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
    request: ApiRequest, payload: CheckpointIn, response: HttpResponse
) -> Status[dict[str, Any]]:
    """An endpoint is a checkpoint at once (201, or 200 where it was one). A folder waits for a worker: 202, and
    `Location` says where to look. The same name and files again change nothing."""
    with refusals():
        wanted = Wanted(**payload.model_dump())
        if not wanted.is_endpoint:
            made = ask(
                wanted.name, wanted.uri, dtype=wanted.dtype_or_usual, actor=request.user, **wanted.place
            )
            response["Location"] = reverse("api-1:one_registration", args=[made.pk])
            return Status(202, registration_out(made))
        found = register_endpoint(wanted.name, wanted.endpoint(), actor=request.user, **wanted.place)
    return Status(201 if found.is_new else 200, checkpoint_out(found.checkpoint))


@router.post(
    "/responses",
    auth=Token("checkpoints:write"),
    response={200: ImportOut, 201: ImportOut},
    summary="Import responses",
)
def import_responses(
    request: ApiRequest,
    file: Annotated[UploadedFile, File()],
    prompt_set: Annotated[VersionName, Query()],
    checkpoint: Annotated[ShortText, Query(description="The name of the checkpoint that wrote them")],
    format: Annotated[ShortText | None, Query(description="By default recognised")] = None,  # noqa: A002
) -> Status[dict[str, Any]]:
    """Responses that a checkpoint gave elsewhere. The same file again changes nothing (200)."""
    with refusals():
        source = source_of(file.name or "file", file.read(LARGEST_FILE + 1))
        version = version_named(prompt_set)
        done = import_source(source, version, checkpoint, format=format, actor=request.user)
    counts = ("format", "rows", "by_id", "by_text", "filled", "statuses")
    out = {name: getattr(done, name) for name in counts}
    out |= {"run": done.run.pk, "not_joined": len(done.not_joined), "missing": len(done.missing)}
    return Status(201 if done.changed else 200, out)


class ResultOut(Schema):
    task: str
    metric: str
    filter: str
    value: float
    stderr: float | None
    shots: int | None
    samples: int | None
    task_version: str
    higher_is_better: bool | None


class ResultFileOut(Schema):
    """Automatic results: what a program measured, never what people said."""

    id: int
    name: str
    sha256: str
    tool: str
    tool_version: str
    model: str
    measured_at: datetime | None
    notes: list[str]
    created_at: datetime
    results: list[ResultOut]


@router.get(
    "/{id}/results", auth=Token(), response=Page[ResultFileOut], summary="Automatic results of a checkpoint"
)
def list_results(
    request: HttpRequest,
    id: Id,  # noqa: A002
    after: After = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    files = checkpoint_or_404(id).result_files.prefetch_related("results")
    return page_of(files, after, limit, result_file_out)


@router.post(
    "/{id}/results",
    auth=Token("checkpoints:write"),
    response={200: ResultFileOut, 201: ResultFileOut},
    summary="Import automatic results",
)
def import_results(
    request: ApiRequest,
    id: Id,  # noqa: A002
    file: Annotated[UploadedFile, File()],
) -> Status[dict[str, Any]]:
    """A results_*.json of lm-evaluation-harness 0.4. The same file again changes nothing (200)."""
    checkpoint = checkpoint_or_404(id)
    with refusals():
        content = file.read(LARGEST + 1)
        done = harness.import_results(file.name or "file", content, checkpoint, actor=request.user)
    return Status(201 if done.is_new else 200, result_file_out(done.file))


@router.get("/{id}", auth=Token(), response=CheckpointOut, summary="One checkpoint")
def one_checkpoint(request: HttpRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    return checkpoint_out(checkpoint_or_404(id))


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


def result_file_out(row: ResultFile) -> dict[str, Any]:
    fields = ("name", "sha256", "tool", "tool_version", "model", "measured_at", "notes", "created_at")
    of_result = tuple(ResultOut.model_fields)
    results = [{name: getattr(one, name) for name in of_result} for one in row.results.all()]
    return {name: getattr(row, name) for name in fields} | {"id": row.pk, "results": results}


def checkpoint_out(row: Checkpoint) -> dict[str, Any]:
    fields = ("name", "source", "family", "uri", "digest", "step", "description", "created_at")
    out = {name: getattr(row, name) for name in fields}
    return out | {"id": row.pk, "series": row.series.slug if row.series else None}


def registration_out(row: Registration) -> dict[str, Any]:
    checkpoint = checkpoint_out(row.checkpoint) if row.checkpoint else None
    fields = ("name", "status", "reason")
    return {name: getattr(row, name) for name in fields} | {"id": row.pk, "checkpoint": checkpoint}
