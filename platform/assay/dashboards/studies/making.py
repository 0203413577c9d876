"""Pages by which a researcher makes a study of responses that are there: one click for each of our rubrics."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assay.accounts.models import User
from assay.accounts.requests import SignedInRequest
from assay.evaluations.evaluating import draft_study, question_of_runs
from generation.models import GenerationRun
from promptsets.refusals import FieldError
from raters.access import researchers_only
from raters.models import Study, StudyArm
from raters.rubrics.presets import PRESETS
from raters.studies.design import lock


class StudyForm(forms.Form):
    """Two runs over the same prompts, and the rubric whose button was pressed."""

    candidate = forms.ModelChoiceField(GenerationRun.objects.none(), label=_("Candidate"))
    baseline = forms.ModelChoiceField(GenerationRun.objects.none(), label=_("Baseline"))
    ratings = forms.IntegerField(label=_("Ratings of each comparison"), min_value=1, max_value=100, initial=3)
    slug = forms.SlugField(
        label=_("Name in addresses"), max_length=100, required=False, help_text=_("Empty: made of the names.")
    )
    preset = forms.ChoiceField(choices=[(kind.value, preset.title) for kind, preset in PRESETS.items()])

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        asked = GenerationRun.objects.filter(judge_runs=None)  # what judges were asked is nothing to compare
        runs = asked.select_related("checkpoint", "prompt_set_version__prompt_set")
        for name in ("candidate", "baseline"):
            self.fields[name].queryset = runs  # type: ignore[attr-defined]

    def save(self, actor: User) -> Study | None:
        """The draft, or None where the two runs or the name do not go: the form says which."""
        values = self.cleaned_data
        runs = {role.value: values[role.value] for role in StudyArm.Role}
        try:
            question = question_of_runs(**runs, ratings=values["ratings"], preset=values["preset"])
            return draft_study(question, runs, values["slug"] or question.slug, actor)
        except FieldError as error:
            self.add_error(error.field, str(error))
            return None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def new_study(request: SignedInRequest) -> HttpResponse:
    form = StudyForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (study := form.save(request.user)):
        return redirect("dashboards:study", study.slug)
    context = {"form": form, "runs": GenerationRun.objects.exists()}
    return render(request, "dashboards/new_study.html", context, status=422 if form.errors else 200)


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
