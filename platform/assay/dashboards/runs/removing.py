"""The pages on which runs and checkpoints are archived or deleted: what depends on them is shown first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from generation.models import Checkpoint, GenerationRun
from generation.removing import archive, delete, dependents
from raters.access import researchers_only


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def remove_run(request: SignedInRequest, pk: int) -> HttpResponse:
    related = GenerationRun.objects.select_related("checkpoint", "prompt_set_version__prompt_set")
    return remove(request, get_object_or_404(related, pk=pk), "dashboards:runs")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def remove_checkpoint(request: SignedInRequest, pk: int) -> HttpResponse:
    return remove(request, get_object_or_404(Checkpoint, pk=pk), "dashboards:checkpoints")


def remove(request: SignedInRequest, row: GenerationRun | Checkpoint, back: str) -> HttpResponse:
    act = request.POST.get("act")
    if act in ("archive", "bring_back"):
        archive(row, archived=act == "archive", actor=request.user)
        return redirect(back)
    if act == "delete":
        name = str(row)
        try:
            delete(row, request.user)
        except ValueError as error:
            messages.error(request, str(error))
        else:
            messages.info(request, _("%(name)s is deleted.") % {"name": name})
            return redirect(back)
    context = {"row": row, "dependents": dependents(row), "back": back}
    return render(request, "dashboards/remove.html", context, status=422 if act else 200)
