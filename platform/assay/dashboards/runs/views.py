"""The pages of generation runs: which there are, how far they have come, how fast they go, what failed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from generation.models import GenerationRun
from generation.progress import run_progress
from raters.access import researchers_only

NEWEST = 100


@never_cache
@require_GET
@researchers_only
def runs(request: HttpRequest) -> HttpResponse:
    found = GenerationRun.objects.with_progress().select_related(
        "checkpoint", "prompt_set_version__prompt_set"
    )
    return render(request, "dashboards/runs.html", {"runs": found.order_by("-pk")[:NEWEST]})


@never_cache
@require_GET
@researchers_only
def run(request: HttpRequest, pk: int) -> HttpResponse:
    related = GenerationRun.objects.select_related("checkpoint", "prompt_set_version__prompt_set")
    found = get_object_or_404(related, pk=pk)
    return render(request, "dashboards/run.html", {"run": found, "progress": run_progress(found)})
