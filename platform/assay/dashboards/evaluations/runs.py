"""The page of one evaluation run: its steps with times, tries and logs, its studies, its gates, what was told."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assay.accounts.requests import SignedInRequest
from assay.evaluations import stopping
from assay.evaluations.models import EvaluationRun
from assay.evaluations.noting import note
from raters.access import researchers_only

ACTS = {"cancel": stopping.cancel, "retry": stopping.retry}


@never_cache
@require_GET
@researchers_only
def evaluation_run(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    runs = EvaluationRun.objects.select_related(
        "evaluation__series", "version__baseline", "version__judge", "checkpoint", "previous"
    )
    run = get_object_or_404(runs, pk=pk, evaluation__slug=slug)
    context = {
        "run": run,
        "steps": run.steps.prefetch_related("lines"),
        "studies": run.studies_of(request.user),
        "deliveries": run.deliveries.all(),
        "is_live": run.finished_at is None,
    }
    return render(request, "dashboards/evaluation_run.html", context)


@require_POST
@researchers_only
def change_run(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Cancels or retries the run, as the button says."""
    run = get_object_or_404(EvaluationRun, pk=pk, evaluation__slug=slug)
    try:
        if act := ACTS.get(request.POST.get("act", "")):
            act(run, request.user)
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("dashboards:evaluation_run", slug, pk)


@require_POST
@researchers_only
def note_on_run(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    run = get_object_or_404(EvaluationRun, pk=pk, evaluation__slug=slug)
    note(run, request.POST.get("note", ""), request.user)
    return redirect("dashboards:evaluation_run", slug, pk)
