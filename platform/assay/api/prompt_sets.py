"""Prompt sets: which there are, what their versions hold, and files that become new versions."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import File, Query, Router, Schema, Status, UploadedFile
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Archived, ShortText, Slug
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from promptsets.fitting import fitting, offered, refuse_unoffered
from promptsets.formats.columns import Columns, parse
from promptsets.formats.source import LARGEST_FILE, source_of
from promptsets.importing import ImportPlan, ImportResult, plan_source
from promptsets.models import Prompt, PromptSet, PromptSetVersion
from promptsets.refusals import FieldError
from promptsets.taxonomy import INSTRUCTION, KINDS

router = Router(tags=["prompt sets"])
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class VersionOut(Schema):
    name: str = Field(description="As runs and studies name it: everyday@2")
    number: int
    semver: str
    prompts: int
    content_sha256: str
    metadata_sha256: str
    frozen_at: datetime | None = Field(description="Since when a run or a study holds it fast")
    created_at: datetime


class PromptSetOut(Schema):
    slug: str
    title: str
    kind: str
    description: str
    latest: int | None = Field(description="Number of the newest version")
    archived: bool
    created_at: datetime


class PromptOut(Schema):
    key: str
    position: int
    turns: list[str]
    category: str
    subcategory: str
    language: str
    difficulty: int | None
    hazard: str | None
    expected: str | None
    rater_note: str
    tags: list[Any]
    text_sha256: str


class UploadOut(Schema):
    """What became of a file, or with `dry_run` what it would become."""

    saved: bool
    told: str
    format: str
    columns: dict[str, str] | None
    prompts: int
    version: VersionOut | None


class PromptFilters(Schema):
    """Each leaves only what fits. What values there are depends on the version: any other is refused with those."""

    q: Annotated[ShortText, Field(min_length=1)] | None = Field(
        default=None, description="Held by the prompt's text or key, in whatever case"
    )
    category: ShortText | None = None
    language: ShortText | None = None
    length: ShortText | None = Field(default=None, description="s, m, l or xl")
    hazard: ShortText | None = None
    expected: ShortText | None = None


@router.get("", auth=Token(), response=Page[PromptSetOut], summary="List prompt sets")
def list_prompt_sets(
    request: HttpRequest, archived: Archived = False, after: After = "", limit: Limit = 100
) -> dict[str, Any]:
    rows = PromptSet.objects.filter(archived_at__isnull=not archived)
    return page_of(rows, after, limit, prompt_set_out)


@router.post(
    "",
    auth=Token("prompts:write"),
    response={200: UploadOut, 201: UploadOut},
    summary="Upload a file of prompts",
)
def upload_prompts(
    request: ApiRequest,
    file: Annotated[UploadedFile, File()],
    slug: Annotated[Slug | None, Query(description="The set's name; by default from the file's")] = None,
    format: Annotated[ShortText | None, Query(description="By default recognised")] = None,  # noqa: A002
    columns: Annotated[
        ShortText | None, Query(description="For tables of other sources: prompt=COLUMN,id=COLUMN,…")
    ] = None,
    kind: Annotated[
        ShortText | None, Query(description="Of the prompts of a table: instruction, safety")
    ] = None,
    dry_run: Annotated[bool, Query(description="Read and check everything, save nothing")] = False,
) -> Status[dict[str, Any]]:
    """All of the file becomes a version of the set, or nothing. 201: a new version; 200: nothing was changed."""
    with refusals():
        asked = reading(format, columns, kind)
        plan = plan_source(source_of(file.name or "file", file.read(LARGEST_FILE + 1)), slug=slug, **asked)
        if dry_run:
            return Status(200, upload_out(plan, None))
        result = plan.save(request.user)
    return Status(201 if result.is_new else 200, upload_out(plan, result))


@router.get("/{slug}", auth=Token(), response=PromptSetOut, summary="One prompt set")
def one_prompt_set(request: HttpRequest, slug: Slug) -> dict[str, Any]:
    return prompt_set_out(set_or_404(slug))


@router.get("/{slug}/versions", auth=Token(), response=Page[VersionOut], summary="Versions of a prompt set")
def list_versions(request: HttpRequest, slug: Slug, after: After = "", limit: Limit = 100) -> dict[str, Any]:
    return page_of(set_or_404(slug).versions.all(), after, limit, version_out, by="number")


@router.get("/{slug}/versions/{number}", auth=Token(), response=VersionOut, summary="One version")
def one_version(request: HttpRequest, slug: Slug, number: Number) -> dict[str, Any]:
    return version_out(version_or_404(slug, number))


@router.get(
    "/{slug}/versions/{number}/prompts",
    auth=Token(),
    response=Page[PromptOut],
    summary="Prompts of a version",
)
def list_prompts(
    request: HttpRequest,
    slug: Slug,
    number: Number,
    filters: Query[PromptFilters],
    after: After = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    """In the order of their file."""
    version, asked = version_or_404(slug, number), filters.model_dump(exclude_none=True)
    with refusals():
        refuse_unoffered(asked, offered(version))
    return page_of(fitting(version.prompts.all(), asked), after, limit, prompt_out)


def reading(format_name: str | None, columns: str | None, kind: str | None) -> dict[str, Any]:
    """The arguments of `plan_source`. Raises: FieldError, MappingError."""
    if kind is not None and kind not in KINDS:
        raise FieldError("kind", f"kind is {kind!r}; it must be one of {', '.join(KINDS)}")
    if kind and not columns:
        raise FieldError("kind", "kind is for tables with columns: other formats say their kind themselves")
    if columns and format_name:
        raise FieldError("columns", "columns is a format of its own: leave format out")
    mapping: Columns | None = parse(columns, kind or INSTRUCTION) if columns else None
    return {"columns": mapping} if mapping else {"format_name": format_name}


def set_or_404(slug: str) -> PromptSet:
    found = PromptSet.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def version_or_404(slug: str, number: int) -> PromptSetVersion:
    versions = PromptSetVersion.objects.select_related("prompt_set")
    found = versions.filter(prompt_set__slug=slug, number=number).first()
    if found is None:
        raise Http404
    return found


def prompt_set_out(row: PromptSet) -> dict[str, Any]:
    latest = row.latest()
    fields = ("slug", "title", "kind", "description", "created_at")
    told = {"latest": latest.number if latest else None, "archived": row.archived_at is not None}
    return {name: getattr(row, name) for name in fields} | told


def version_out(row: PromptSetVersion) -> dict[str, Any]:
    fields = ("number", "semver", "content_sha256", "metadata_sha256", "frozen_at", "created_at")
    counted = {"name": str(row), "prompts": row.prompts.count()}
    return {name: getattr(row, name) for name in fields} | counted


def prompt_out(row: Prompt) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PromptOut.model_fields}


def upload_out(plan: ImportPlan, result: ImportResult | None) -> dict[str, Any]:
    return {
        "saved": bool(result and result.is_new),
        "told": result.headline() if result else f"{plan.becomes()} Nothing was saved.",
        "format": plan.format.NAME,
        "columns": plan.columns.of if plan.columns else None,
        "prompts": len(plan.rows),
        "version": version_out(result.version) if result else None,
    }
