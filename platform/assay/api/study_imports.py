"""Studies that were judged elsewhere come in as files; a file can be looked at first."""

from functools import partial
from typing import Annotated, Any, Literal

from ninja import File, Query, Router, Schema, Status, UploadedFile
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import DryRun, ShortText, Slug, Text
from assay.api.problems import refusals
from promptsets.formats.source import LARGEST_FILE
from promptsets.trying import tried
from raters.importing.comparator import NAME
from raters.importing.judged_file import Choices, rows_named
from raters.importing.making import import_study
from raters.importing.reading import FORMATS, judged_of, slug_for

router = Router(tags=["studies"])


class StudyImportOut(Schema):
    """What became of a file, or with `dry_run` what would: the very import, taken back."""

    saved: bool = Field(description="false: it was only looked at, or was here already")
    study: str = Field(description="The slug of the study that holds it, or would")
    format: str
    sha256: str
    candidates: list[str]
    baseline: str
    prompts: int
    judgments: int = Field(description="Those that count: of one rater's on one comparison the latest")
    superseded: int = Field(
        description="Earlier judgments that a later one of the same rater took the place of"
    )
    raters: int = Field(description="Of a file that does not say who judged: places in an example's list")
    unrated: int = Field(description="Prompts without ratings: there, unjudged")
    notes: list[str] = Field(description="What of the file is not in the study, and why")


@router.post(
    "/imports",
    auth=Token("studies:write"),
    response={200: StudyImportOut, 201: StudyImportOut},
    summary="Import a study",
)
def import_judged(
    request: ApiRequest,
    file: Annotated[UploadedFile, File()],
    slug: Annotated[Slug | None, Query(description="By default from the file's name")] = None,
    title: Annotated[ShortText | None, Query(description="By default from the two models' names")] = None,
    format: Annotated[Literal[*FORMATS], Query()] = NAME,  # type: ignore[valid-type]  # noqa: A002
    baseline: Annotated[
        ShortText | None, Query(description="Of a sheet: the model that others are compared with")
    ] = None,
    leave_out: Annotated[
        Text | None, Query(description="Of a sheet: rows that are left out, as 580,639")
    ] = None,
    dry_run: DryRun = False,
) -> Status[dict[str, Any]]:
    """Pairs that were judged elsewhere, as LLM Comparator opens them or in a sheet, as a finished study. The same file
    again changes nothing (200)."""
    with refusals():
        choices = Choices(baseline or "", rows_named(leave_out or ""))
        judged = judged_of(file.name or "file", file.read(LARGEST_FILE + 1), format, choices)
        act = partial(import_study, judged, slug or slug_for(judged.source.name), title or "", request.user)
        made = tried(act) if dry_run else act()
    is_saved = made.is_new and not dry_run
    names = ("format", "candidates", "baseline", "judgments", "superseded", "raters", "unrated", "notes")
    told = {"saved": is_saved, "study": made.study.slug, "sha256": judged.source.sha256}
    told |= {name: getattr(judged, name) for name in names} | {"prompts": len(judged.prompts)}
    return Status(201 if is_saved else 200, told)
