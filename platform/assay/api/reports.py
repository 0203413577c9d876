"""Reports of a study: which there are, what one says, a new one."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from assay.api.authentication import ApiRequest, Token, may_see_names
from assay.api.fields import Id, Slug
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from assay.api.studies import changeable, visible
from assay.reports.asked import ask
from assay.reports.blinding import Arms, arms_for, judgments_digest, report_for
from assay.reports.models import Report, ReportRequest
from raters.models import Study

of_studies = Router(tags=["reports"])
router = Router(tags=["reports"])


class EstimateOut(Schema):
    """A number with its interval, its n and the name of its method."""

    name: str
    slice: str
    candidate: str
    baseline: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    method: str
    detail: dict[str, Any]


class ReportSummaryOut(Schema):
    id: int
    study: str
    created_at: datetime
    judgments: int = Field(description="Judgments that were counted")
    judgments_sha256: str = Field(description="While blind a keyed one, which tells new data from old alone")
    design_sha256: str


class ReportOut(ReportSummaryOut):
    simulation: dict[str, Any] | None
    left_out: dict[str, int] = Field(description="What was not counted, by reason")
    versions: dict[str, str]
    blind: bool
    estimates: list[EstimateOut]


class ReportRequestOut(Schema):
    """A report that was asked for; a worker writes it."""

    id: int
    study: str
    report: int | None = Field(description="null: not written yet")
    reason: str = Field(description="Why it could not be written; empty otherwise")


@of_studies.get(
    "/{slug}/reports", auth=Token(), response=Page[ReportSummaryOut], summary="Reports of a study"
)
def list_reports(request: ApiRequest, slug: Slug, after: After = "", limit: Limit = 100) -> dict[str, Any]:
    """Oldest first."""
    study = visible(request, slug)
    arms = arms_for(study, request.user, names_allowed=may_see_names(request))
    return page_of(study.reports.select_related("study"), after, limit, lambda row: summary_out(row, arms))


@of_studies.post(
    "/{slug}/reports",
    auth=Token("reports:write"),
    response={202: ReportRequestOut},
    summary="Have a report written",
)
def make_report(request: ApiRequest, slug: Slug, response: HttpResponse) -> Status[dict[str, Any]]:
    """Over the judgments that there are when a worker comes to it; `Location` says where to look."""
    study = changeable(request, slug)
    with refusals():
        asked = ask(study, request.user)
    response["Location"] = reverse("api-1:one_report_request", args=[asked.pk])
    return Status(202, asked_out(asked))


@router.get("/reports/{id}", auth=Token(), response=ReportOut, summary="One report")
def one_report(request: ApiRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    mine = Study.objects.for_user(request.user)
    report = Report.objects.select_related("study").filter(pk=id, study__in=mine).first()
    if report is None:
        raise Http404
    arms = arms_for(report.study, request.user, names_allowed=may_see_names(request))
    return {"id": report.pk, "blind": arms.is_blind, **report_for(report, arms)}


@router.get(
    "/report-requests/{id}",
    auth=Token(),
    response=ReportRequestOut,
    url_name="one_report_request",
    summary="A report that was asked for",
)
def one_report_request(request: ApiRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    mine = Study.objects.for_user(request.user)
    asked = ReportRequest.objects.select_related("study").filter(pk=id, study__in=mine).first()
    if asked is None:
        raise Http404
    return asked_out(asked)


def summary_out(row: Report, arms: Arms) -> dict[str, Any]:
    fields = ("created_at", "judgments", "design_sha256")
    told = {"id": row.pk, "study": row.study.slug, "judgments_sha256": judgments_digest(row, arms)}
    return {name: getattr(row, name) for name in fields} | told


def asked_out(row: ReportRequest) -> dict[str, Any]:
    return {"id": row.pk, "study": row.study.slug, "report": row.report_id, "reason": row.reason}
