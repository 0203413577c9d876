"""The pages of researchers. They read reports; they compute nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.dashboards.paging import newest_first
from assay.dashboards.results.summary import results_of
from assay.dashboards.studies.running import is_live, running_of
from assay.dashboards.studies.stopping import stopping_of
from assay.reports.models import ReportFailure
from raters.access import may_change, researchers_only
from raters.care.cost import cost_of
from raters.comparisons.leaning import leaning
from raters.comparisons.lint import lint
from raters.models import Study
from raters.studies.progress import counts_of
from raters.studies.responses import waits_for


@never_cache
@require_GET
@researchers_only
def studies(request: HttpRequest) -> HttpResponse:
    archived = "archived" in request.GET
    found = Study.objects.for_user(request.user).filter(archived_at__isnull=not archived)
    related = found.select_related("prompt_set_version__prompt_set")
    page = newest_first(related, request.GET, keep=("archived",))
    counts = counts_of(page.rows)
    rows = [{"study": study, "progress": counts[study.pk]} for study in page.rows]
    return render(request, "dashboards/studies.html", {"rows": rows, "page": page, "archived": archived})


@never_cache
@require_GET
@researchers_only
def study(request: SignedInRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(
        Study.objects.for_user(request.user).select_related("prompt_set_version__prompt_set", "rubric"),
        slug=slug,
    )
    running = running_of(found, request.user)
    context: dict[str, Any] = {"study": found, "running": running, "live": is_live(found, running)}
    results = results_of(found, request.user)
    context |= {"results": results, "changes": may_change(found, request.user)}
    context["stopping"] = stopping_of(found, results.pairs if results else ())
    context["cost"] = cost_of(found, running.progress)
    context["failed_at"] = ReportFailure.time_of(found)
    context["follows"] = Study.objects.for_user(request.user).filter(followed_by=found).first()
    if found.status == Study.Status.DRAFT:
        context |= {"names": lint(found), "leaning": leaning(found), "waits_for": waits_for(found)}
    return render(request, "dashboards/study.html", context)
