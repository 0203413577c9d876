"""The page on which a researcher sees what is contested, and what senior raters decided about it."""

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assay.accounts.requests import SignedInRequest
from assay.dashboards.studies.quality import study_for
from raters.access import researchers_only
from raters.models import Enrolment, Judgment, Study
from raters.quality.contested import contested, set_senior


@never_cache
@require_GET
@researchers_only
def contested_of_study(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    rows = rows_of(study)
    seniors = study.enrolments.filter(is_senior=True).select_related("rater").order_by("rater__code")
    decided = [row["decision"] for row in rows if row["decision"]]
    changed = sum(decision.supersedes_id is not None for decision in decided)
    context = {"study": study, "rows": rows, "seniors": seniors, "decided": len(decided), "changed": changed}
    return render(request, "dashboards/contested.html", context)


def rows_of(study: Study) -> list[dict[str, Any]]:
    """Each contested comparison with its votes and the decision, where there is one."""
    keys = contested(study)
    votes: dict[int, Counter[str]] = {key: Counter() for key in keys}
    counted = Judgment.objects.counted(study).filter(assignment__comparison__in=keys)
    for key, preference in counted.values_list("assignment__comparison", "preference"):
        votes[key][preference] += 1
    decisions = {
        one.assignment.comparison_id: one
        for one in Judgment.objects.adjudicating(study).select_related("assignment__rater")
    }
    prompts = dict(study.comparisons.filter(pk__in=keys).values_list("pk", "prompt__key"))
    return [{"prompt": prompts[key], "votes": votes[key], "decision": decisions.get(key)} for key in keys]


@require_POST
@researchers_only
def make_senior(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Makes a rater senior in this study, or a senior rater a rater like others."""
    enrolment = get_object_or_404(Enrolment, study=study_for(request, slug), pk=pk)
    set_senior(enrolment, not enrolment.is_senior, request.user)
    return redirect("dashboards:study_raters", slug)
