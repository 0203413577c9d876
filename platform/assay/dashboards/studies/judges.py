"""The page of a study's language-model judges: who was asked, what could be read, and the button that asks another."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.dashboards.results.summary import results_of
from assay.dashboards.studies.quality import study_for
from assay.reports.judges import reading_of
from generation.models import Checkpoint
from generation.sampling import Sampling
from raters.access import may_change, researchers_only
from raters.judges.asking import JUDGING, ask
from raters.models import Assignment, JudgeRun, Study


class JudgeForm(forms.Form):
    checkpoint = forms.ModelChoiceField(
        Checkpoint.objects.exclude(source=Checkpoint.Source.IMPORTED).filter(archived_at=None),
        label=_("Checkpoint that judges"),
    )
    max_new_tokens = forms.IntegerField(
        label=_("Tokens for its answer"), min_value=1, max_value=32_768, initial=JUDGING.max_new_tokens
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def judges(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    form = JudgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sampling = Sampling(max_new_tokens=form.cleaned_data["max_new_tokens"])
        try:
            ask(study, form.cleaned_data["checkpoint"], sampling, request.user)
        except ValueError as error:
            messages.error(request, str(error))
        return redirect("dashboards:judges", slug)
    results = results_of(study, request.user)
    context = {"study": study, "form": form, "rows": [row_of(one) for one in judges_of(study)]}
    context["changes"] = may_change(study, request.user)
    context["estimates"] = results.judges if results else ()
    return render(request, "dashboards/judges.html", context, status=422 if form.errors else 200)


def judges_of(study: Study) -> list[JudgeRun]:
    return list(study.judge_runs.select_related("checkpoint", "rater", "run", "study"))


def row_of(judging: JudgeRun) -> dict[str, Any]:
    """Counts of replies, the first reasons why some could not be read, and whether it judges itself."""
    unread = Assignment.objects.filter(rater=judging.rater, state=Assignment.State.SKIPPED)
    arms = judging.study.arms.filter(run__checkpoint=judging.checkpoint)
    return {
        "judging": judging,
        **reading_of(judging),
        "came": judging.run.items.exclude(response=None).count(),
        "reasons": list(unread.order_by("pk").values_list("skip_reason", flat=True)[:3]),
        "is_arm": arms.exists(),
    }
