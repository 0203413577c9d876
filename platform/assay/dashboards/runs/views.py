"""The pages of generation runs: which there are, how far they have come, how fast they go, what failed; stop, go on."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assay.accounts.requests import SignedInRequest
from assay.dashboards.paging import newest_first
from generation.models import GenerationRun
from generation.progress import run_progress
from generation.stopping import STEERS, steer
from raters.access import researchers_only
from raters.studies.unblinding import blind_runs


@never_cache
@require_GET
@researchers_only
def runs(request: HttpRequest) -> HttpResponse:
    archived = "archived" in request.GET
    found = GenerationRun.objects.filter(archived_at__isnull=not archived).with_progress()
    related = found.select_related("checkpoint", "prompt_set_version__prompt_set")
    context = {"page": newest_first(related, request.GET, keep=("archived",)), "archived": archived}
    return render(request, "dashboards/runs.html", context)


@never_cache
@require_GET
@researchers_only
def run(request: SignedInRequest, pk: int) -> HttpResponse:
    """What its texts add up to is kept back with them: whoever counts texts under labels would find it there again."""
    related = GenerationRun.objects.select_related("checkpoint", "prompt_set_version__prompt_set")
    found = get_object_or_404(related, pk=pk)
    progress = run_progress(found)
    stands_still = progress.chunks.get("dead", 0) > 0
    kept_back = found.pk in blind_runs(request.user)
    context = {"run": found, "progress": progress, "stands_still": stands_still, "kept_back": kept_back}
    return render(request, "dashboards/run.html", context)


@require_POST
@researchers_only
def steer_run(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stops the run, or tries again what was stopped or failed; back to where the button stood."""
    found = get_object_or_404(GenerationRun, pk=pk)
    act = request.POST.get("act", "")
    if act not in STEERS:
        raise Http404
    try:
        told = steer(found, act, request.user)
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.info(request, told)
    study = request.POST.get("study", "")
    return redirect("dashboards:study", study) if study else redirect("dashboards:run", pk)
