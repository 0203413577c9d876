"""The page on which a researcher looks at comparisons that are held, and says of each whether it is a leak."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assay.accounts.requests import SignedInRequest
from raters.access import may_change, researchers_only
from raters.comparisons.holding import decide
from raters.comparisons.self_identification import quotes
from raters.models import Comparison, Study


@never_cache
@require_GET
@researchers_only
def held(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_user(request.user), slug=slug)
    rows = study.comparisons.filter(status=Comparison.Status.HELD).select_related("prompt").order_by("pk")
    found = [(row, quotes(row.self_identification)) for row in rows]
    context = {"study": study, "rows": found, "changes": may_change(study, request.user)}
    return render(request, "dashboards/held.html", context)


@require_POST
@researchers_only
def decide_held(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    studies = Study.objects.for_editor(request.user)
    comparison = get_object_or_404(Comparison, pk=pk, study__in=studies, study__slug=slug)
    try:
        decide(comparison, leak=request.POST.get("decision") != "release", actor=request.user)
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("dashboards:held", slug)
