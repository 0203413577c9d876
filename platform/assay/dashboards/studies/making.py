"""The page on which a study is planned, with the power planner beside it, and the act that opens it for raters."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assay.accounts.models import User
from assay.accounts.requests import SignedInRequest
from assay.dashboards.studies.beginning import Beginning
from assay.dashboards.studies.planned import Planned
from promptsets.refusals import FieldError
from raters.access import researchers_only
from raters.models import Study, StudyTemplate
from raters.studies.design import lock


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def new_study(request: SignedInRequest) -> HttpResponse:
    """Recalculates unless the draft is asked for: everything works by that button alone, scripts only press it."""
    saving = "save" in request.POST
    beginning = Beginning.of(request.POST or request.GET, request.user)
    planned = Planned.of(request.POST or request.GET, beginning, saving=saving)
    if planned and saving and (study := saved(planned, request.user)):
        return redirect("dashboards:study", study.slug)
    context: dict[str, Any] = {
        "planned": planned,
        "beginning": beginning,
        "templates": StudyTemplate.objects.all(),
    }
    if planned:
        context["power"], context["why_none"] = planned.power()
        context |= {"prompts_left": planned.prompts_left(), "to_make": planned.to_make()}
    wrong = saving or (request.method == "POST" and planned and not planned.is_valid())
    return render(request, "dashboards/new_study.html", context, status=422 if wrong else 200)


def saved(planned: Planned, actor: User) -> Study | None:
    """The draft, or None where something does not go: the form says what, beside its field."""
    if not planned.is_valid():
        return None
    try:
        return planned.save(actor)
    except FieldError as error:
        form = planned.plan if error.field in planned.plan.fields else planned.prompts
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None


@require_POST
@researchers_only
def open_for_raters(request: SignedInRequest, slug: str) -> HttpResponse:
    """Locks the design of a draft; from then on raters may judge."""
    study = get_object_or_404(Study.objects.for_editor(request.user), slug=slug)
    try:
        lock(study, request.user)
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("dashboards:study", slug)
