"""Exports of a study: asked for, followed, cancelled, taken away; and the key that cards are checked with."""

from datetime import datetime
from typing import Annotated, Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from ninja import Path, Router, Schema, Status
from pydantic import Field, StringConstraints

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, ShortText, Slug
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import Refused, refusals
from assay.api.studies import visible
from assay.takeaway.making import cancel, note_opened, request_export
from assay.takeaway.models import Export
from assay.takeaway.signing import public_pem
from assay.takeaway.tasks import wake

of_studies = Router(tags=["exports"])
router = Router(tags=["exports"])
FileToken = Annotated[str, Path(), StringConstraints(pattern=r"^[-A-Za-z0-9_]{1,32}$")]
BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE = {"description": "The file", "content": {"application/octet-stream": BYTES}}


class ExportIn(Body):
    """What there is stands in docs/exports.md."""

    kind: ShortText = Field(description="Such as judgments, responses, preferences, study, card")
    format: ShortText = Field(description="Such as csv, jsonl, parquet, json, html")
    filters: dict[ShortText, bool | int | float | ShortText] = {}


class ExportOut(Schema):
    token: str
    study: str
    kind: str
    format: str
    filters: dict[str, Any]
    status: str
    rows_done: int
    rows_wanted: int
    bytes: int | None
    sha256: str
    error: str
    filename: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None


@of_studies.get("/{slug}/exports", auth=Token(), response=Page[ExportOut], summary="Exports of a study")
def list_exports(request: ApiRequest, slug: Slug, after: After = "", limit: Limit = 100) -> dict[str, Any]:
    rows = Export.objects.for_user(request.user).filter(study=visible(request, slug)).select_related("study")
    return page_of(rows, after, limit, export_out)


@of_studies.post(
    "/{slug}/exports", auth=Token("exports:write"), response={202: ExportOut}, summary="Ask for an export"
)
def ask_for_export(
    request: ApiRequest, slug: Slug, payload: ExportIn, response: HttpResponse
) -> Status[dict[str, Any]]:
    """A worker makes it; `Location` says where to look."""
    study = visible(request, slug)
    with refusals():
        made = request_export(study, payload.kind, payload.format, payload.filters, request.user)
    wake([made.pk])
    response["Location"] = f"/api/v1/exports/{made.token}"
    return Status(202, export_out(made))


@router.get("/exports/{token}", auth=Token(), response=ExportOut, summary="One export")
def one_export(request: ApiRequest, token: FileToken) -> dict[str, Any]:
    return export_out(export_or_404(request, token))


@router.get(
    "/exports/{token}/file",
    auth=Token(),
    summary="The file itself",
    openapi_extra={"responses": {200: FILE}},
)
def file_of_export(request: ApiRequest, token: FileToken) -> FileResponse:
    """While it lasts. Who takes it away stands in the audit log."""
    export = export_or_404(request, token)
    if export.status != Export.Status.DONE or not export.path.is_file():
        raise Refused(f"There is no file: the export is {export.get_status_display()}.")
    note_opened(export, request.user)
    return FileResponse(
        export.path.open("rb"),
        as_attachment=True,
        filename=export.filename,
        content_type="application/octet-stream",
    )


@router.post(
    "/exports/{token}/cancel", auth=Token("exports:write"), response=ExportOut, summary="Cancel an export"
)
def cancel_export(request: ApiRequest, token: FileToken) -> dict[str, Any]:
    export = export_or_404(request, token)
    if not cancel(export, request.user):
        raise Refused("It has ended already.")
    return export_out(export_or_404(request, token))


@router.get(
    "/card-key",
    auth=Token(),
    response={200: dict[str, str]},
    summary="The key that cards are checked with",
)
def card_key(request: HttpRequest) -> dict[str, str]:
    """`pem`; empty where this site signs no cards yet."""
    pem = public_pem()
    return {"pem": pem.decode() if isinstance(pem, bytes) else pem or ""}


def export_or_404(request: ApiRequest, token: str) -> Export:
    found = Export.objects.for_user(request.user).select_related("study").filter(token=token).first()
    if found is None:
        raise Http404
    return found


def export_out(row: Export) -> dict[str, Any]:
    fields = ExportOut.model_fields.keys() - {"study"}
    return {name: getattr(row, name) for name in fields} | {"study": row.study.slug}
