"""The page of all checkpoints: which there are, and what was asked to be registered."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from generation.models import Checkpoint, Registration
from raters.access import researchers_only

NEWEST = 20


@never_cache
@require_GET
@researchers_only
def checkpoints(request: HttpRequest) -> HttpResponse:
    archived = "archived" in request.GET
    rows = Checkpoint.objects.filter(archived_at__isnull=not archived).select_related("series")
    context: dict[str, Any] = {"rows": rows.annotate(n=Count("runs")), "archived": archived}
    asked = Registration.objects.exclude(status=Registration.Status.DONE)
    context["asked"] = asked[:NEWEST]
    return render(request, "dashboards/checkpoints.html", context)
