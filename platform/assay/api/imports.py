"""What came from elsewhere onto a checkpoint: responses, and automatic results. Both can be looked at first."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Query, Router, Schema, Status, UploadedFile
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.checkpoints import checkpoint_or_404
from assay.api.fields import DryRun, Id, ShortText, VersionName
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from generation.harness import importing as harness
from generation.harness.reading import LARGEST
from generation.importing import ImportedResponses, import_source
from generation.models import ResultFile
from promptsets.formats.source import LARGEST_FILE, source_of
from promptsets.naming import offered_version
from promptsets.trying import tried

router = Router(tags=["checkpoints"])
MOST_LISTED = 20


class NotJoinedOut(Schema):
    """A row that answers no prompt of the version."""

    line: int
    shown_as: str
    reason: str


class ImportOut(Schema):
    """What became of a file, or with `dry_run` what would: the very import, taken back."""

    saved: bool
    run: int | None = Field(description="null: it would be made")
    format: str
    rows: int
    by_id: int
    by_text: int
    not_joined: int
    filled: int
    missing: int
    first_not_joined: list[NotJoinedOut] = Field(description=f"{MOST_LISTED} at most")
    first_missing: list[str] = Field(description=f"Keys of prompts without a response, {MOST_LISTED} at most")
    statuses: dict[str, int]


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
    dry_run: DryRun = False,
) -> Status[dict[str, Any]]:
    """Responses that a checkpoint gave elsewhere. The same file again changes nothing (200)."""
    with refusals():
        source = source_of(file.name or "file", file.read(LARGEST_FILE + 1))
        version = offered_version(prompt_set)
        act = partial(import_source, source, version, checkpoint, format=format, actor=request.user)
        done = tried(act) if dry_run else act()
    return Status(201 if done.changed and not dry_run else 200, import_out(done, dry_run))


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

    saved: bool = Field(description="false: the file was only looked at")
    id: int | None
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
    return page_of(files, after, limit, lambda row: result_file_out(row, is_kept=True))


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
    dry_run: DryRun = False,
) -> Status[dict[str, Any]]:
    """A results_*.json of lm-evaluation-harness 0.4. The same file again changes nothing (200)."""
    checkpoint = checkpoint_or_404(id)
    with refusals():
        content = file.read(LARGEST + 1)

        def act() -> Status[dict[str, Any]]:
            done = harness.import_results(file.name or "file", content, checkpoint, actor=request.user)
            is_kept = not (dry_run and done.is_new)
            # Here, where its rows still are: a dry run takes them back.
            return Status(
                201 if done.is_new and is_kept else 200, result_file_out(done.file, is_kept=is_kept)
            )

        return tried(act) if dry_run else act()


def import_out(done: ImportedResponses, dry_run: bool) -> dict[str, Any]:
    counts = ("format", "rows", "by_id", "by_text", "filled", "statuses")
    not_joined = [
        {name: getattr(one, name) for name in NotJoinedOut.model_fields}
        for one in done.not_joined[:MOST_LISTED]
    ]
    return {name: getattr(done, name) for name in counts} | {
        "saved": not dry_run,
        "run": None if dry_run and done.is_new_run else done.run.pk,
        "not_joined": len(done.not_joined),
        "missing": len(done.missing),
        "first_not_joined": not_joined,
        "first_missing": done.missing[:MOST_LISTED],
    }


def result_file_out(row: ResultFile, *, is_kept: bool) -> dict[str, Any]:
    fields = ("name", "sha256", "tool", "tool_version", "model", "measured_at", "notes", "created_at")
    of_result = tuple(ResultOut.model_fields)
    results = [{name: getattr(one, name) for name in of_result} for one in row.results.all()]
    return {name: getattr(row, name) for name in fields} | {
        "id": row.pk if is_kept else None,
        "saved": is_kept,
        "results": results,
    }
