"""Studies that were judged elsewhere come in as files; a file can be looked at first."""

from functools import partial
from typing import Annotated, Any, Literal

from ninja import File, Query, Router, Schema, Status, UploadedFile
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import DryRun, ShortText, Slug
from assay.api.problems import refusals
from promptsets.formats.source import LARGEST_FILE, source_of
from promptsets.trying import tried
from raters.importing.comparator import NAME
from raters.importing.making import import_study
from raters.importing.reading import FORMATS, slug_for

router = Router(tags=["studies"])


class StudyImportOut(Schema):
    """What became of a file, or with `dry_run` what would: the very import, taken back."""

    saved: bool = Field(description="false: it was only looked at, or was here already")
    study: str = Field(description="The slug of the study that holds it, or would")
    format: str
    sha256: str
    candidate: str
    baseline: str
    prompts: int
    judgments: int
    raters: int = Field(description="Places in an example's list; the file does not say who judged")
    unrated: int = Field(description="Examples without ratings: there, unjudged")


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
    dry_run: DryRun = False,
) -> Status[dict[str, Any]]:
    """Pairs that were judged elsewhere, such as LLM Comparator opens, as a finished study. The same file again
    changes nothing (200)."""
    with refusals():
        judged = FORMATS[format](source_of(file.name or "file", file.read(LARGEST_FILE + 1)))
        act = partial(import_study, judged, slug or slug_for(judged.source.name), title or "", request.user)
        made = tried(act) if dry_run else act()
    is_saved = made.is_new and not dry_run
    candidate, baseline = judged.models
    counts = {name: getattr(judged, name) for name in ("format", "judgments", "raters", "unrated")}
    told = {"saved": is_saved, "study": made.study.slug, "sha256": judged.source.sha256, **counts}
    told |= {"candidate": candidate, "baseline": baseline, "prompts": len(judged.pairs)}
    return Status(201 if is_saved else 200, told)
