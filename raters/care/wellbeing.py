"""The pages of a rater's welfare: the cover before a comparison, and what a rater would rather not read."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from raters import judging
from raters.access import assignment_of, raters_only, study_of
from raters.care import welfare
from raters.models import Rater, Study


class HazardsForm(forms.Form):
    """The hazards of the study, to be ticked where the rater wants none of them."""

    declined = forms.MultipleChoiceField(
        label=_("I would rather not read about"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, study: Study, data: object = None, declined: object = None) -> None:
        super().__init__(data, initial={"declined": declined})  # type: ignore[arg-type]
        names = welfare.hazards_in(study).items()
        self.fields["declined"].choices = [(code, name) for code, name in names]  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@raters_only
def wellbeing(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    study = study_of(rater, public_id)
    enrolment = get_object_or_404(study.enrolments, rater=rater)
    form = HazardsForm(study, request.POST or None, enrolment.declined_hazards)
    if request.method == "POST" and (not request.POST.get("declined") or form.is_valid()):
        welfare.decline(enrolment, form.cleaned_data.get("declined", []) if form.is_valid() else [])
        return redirect("raters:next", public_id=study.public_id)
    return render(request, "raters/wellbeing.html", {"study": study, "form": form})


@require_POST
@raters_only
def reveal(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    """Takes the cover off, as the rater asked."""
    assignment = assignment_of(rater, token)
    judging.now_shown(assignment)
    return redirect("raters:judge", token=assignment.token)


def cover(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    """What stands before a comparison whose study covers each one until the rater asks for it."""
    assignment = assignment_of(rater, token)
    context = {
        "study": assignment.comparison.study,
        "token": assignment.token,
        "hazard": welfare.hazard_of(assignment),
    }
    return render(request, "raters/cover.html", context)
