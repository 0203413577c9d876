"""The pages on which runs and checkpoints are archived or deleted: what depends on them is shown first."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.dashboards.removing import Removal, remove
from generation.models import Checkpoint, GenerationRun
from generation.removing import archive, delete, dependents
from raters.access import researchers_only


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def remove_run(request: SignedInRequest, pk: int) -> HttpResponse:
    related = GenerationRun.objects.select_related("checkpoint", "prompt_set_version__prompt_set")
    return of_generation(request, get_object_or_404(related, pk=pk), "dashboards:runs")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def remove_checkpoint(request: SignedInRequest, pk: int) -> HttpResponse:
    return of_generation(request, get_object_or_404(Checkpoint, pk=pk), "dashboards:checkpoints")


def of_generation(request: SignedInRequest, row: GenerationRun | Checkpoint, back: str) -> HttpResponse:
    goes_with_it = _("Deleted, it is gone with its responses, but for those that other runs link.")
    return remove(request, Removal(row, back, archive, delete, dependents(row), goes_with_it))
