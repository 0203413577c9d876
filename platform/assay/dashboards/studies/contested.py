"""The page on which a researcher sees what is contested, and what senior raters decided about it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assay.accounts.requests import SignedInRequest
from assay.dashboards.studies.quality import study_for
from raters.access import researchers_only
from raters.models import Enrolment
from raters.quality.contested import disputes, set_senior


@never_cache
@require_GET
@researchers_only
def contested_of_study(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    rows = disputes(study)
    seniors = study.enrolments.filter(is_senior=True).select_related("rater").order_by("rater__code")
    decided = [row.decision for row in rows if row.decision]
    changed = sum(decision.supersedes_id is not None for decision in decided)
    context = {"study": study, "rows": rows, "seniors": seniors, "decided": len(decided), "changed": changed}
    return render(request, "dashboards/contested.html", context)


@require_POST
@researchers_only
def make_senior(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Makes a rater senior in this study, or a senior rater a rater like others."""
    enrolment = get_object_or_404(Enrolment, study=study_for(request, slug), pk=pk)
    set_senior(enrolment, not enrolment.is_senior, request.user)
    return redirect("dashboards:study_raters", slug)
