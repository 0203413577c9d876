"""What each rater of a study did and is due, as a page and as a file."""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.dashboards.studies.quality import study_for
from promptsets.exporting import record
from raters.access import researchers_only
from raters.care.pay import Pay, pay_in, take_pay
from raters.models import Study


@never_cache
@require_GET
@researchers_only
def pay(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    rows = pay_in(study)
    amounts = [row.amount for row in rows if row.amount is not None]
    total = sum(amounts) if amounts else None
    context = {"study": study, "rows": rows, "total": total, "minutes": sum(row.minutes for row in rows)}
    return render(request, "dashboards/pay.html", context)


@never_cache
@require_GET
@researchers_only
def pay_file(request: SignedInRequest, slug: str) -> StreamingHttpResponse:
    study = study_for(request, slug)
    rows = take_pay(study, request.user)
    answer = StreamingHttpResponse(lines(study, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{study.slug}-pay.csv"'
    return answer


def lines(study: Study, rows: Iterable[Pay]) -> Iterator[bytes]:
    """By the rater's code; the amount is empty where the study does not say what it pays."""
    names = [field.name for field in fields(Pay)]
    yield record([*names, "basis", "rate"])
    for row in rows:
        yield record([*(getattr(row, name) for name in names), study.pay_basis, study.pay_rate])
