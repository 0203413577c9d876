"""The act by which somebody tells under what licence a checkpoint's weights stand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from assay.accounts.requests import SignedInRequest
from generation.licences import tell
from generation.models import Checkpoint
from raters.access import researchers_only


@require_POST
@researchers_only
def tell_licence(request: SignedInRequest, pk: int) -> HttpResponse:
    checkpoint = get_object_or_404(Checkpoint, pk=pk)
    try:
        messages.info(request, tell(checkpoint, request.POST.get("licence", "").strip(), request.user))
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("dashboards:checkpoint", pk)
