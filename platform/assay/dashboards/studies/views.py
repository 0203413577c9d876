"""The pages of researchers. They read reports; they compute nothing."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.dashboards.results.summary import results_of
from raters.access import plans_studies, researchers_only
from raters.comparisons.lint import lint
from raters.models import Message, Study
from raters.studies.progress import progress_of


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everyone's start: what they are here for."""
    return redirect("dashboards:studies" if plans_studies(request) else "raters:my_studies")


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
        Study.objects.for_user(request.user).select_related("prompt_set_version__prompt_set", "rubric"),
        slug=slug,
    )
    context = {"study": found, "progress": progress_of(found), "results": results_of(found, request.user)}
    context["open_messages"] = found.messages.filter(state=Message.State.OPEN).count()
    context["names"] = lint(found) if found.status == Study.Status.DRAFT else []
    return render(request, "dashboards/study.html", context)
