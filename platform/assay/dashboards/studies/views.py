"""The pages of researchers. They read reports; they compute nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.dashboards.results.summary import results_of
from assay.dashboards.studies.running import is_live, running_of
from raters.access import researchers_only
from raters.comparisons.leaning import leaning
from raters.comparisons.lint import lint
from raters.models import Study
from raters.studies.progress import progress_of
from raters.studies.responses import waits_for


@never_cache
@require_GET
@researchers_only
def studies(request: HttpRequest) -> HttpResponse:
    found = Study.objects.for_user(request.user).select_related("prompt_set_version__prompt_set")
    rows = [{"study": study, "progress": progress_of(study)} for study in found]
    return render(request, "dashboards/studies.html", {"rows": rows})


@never_cache
@require_GET
@researchers_only
def study(request: SignedInRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(
        Study.objects.for_user(request.user).select_related(
            "prompt_set_version__prompt_set", "rubric", "follows"
        ),
        slug=slug,
    )
    running = running_of(found, request.user)
    context: dict[str, Any] = {"study": found, "running": running, "live": is_live(found, running)}
    context["results"] = results_of(found, request.user)
    if found.status == Study.Status.DRAFT:
        context |= {"names": lint(found), "leaning": leaning(found), "waits_for": waits_for(found)}
    return render(request, "dashboards/study.html", context)
