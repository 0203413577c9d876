"""The last pages of a rater: the exit survey with the guess probe, and the completion code."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from raters.access import raters_only, study_of
from raters.care.welfare import done_so_far
from raters.models import Enrolment, Rater
from raters.way_in import about_you, steps
from raters.way_in.about_you import AboutForm
from raters.way_in.onward import onward_from

SURE = {"1": _("A mere guess"), "2": _("Rather unsure"), "3": _("Rather sure"), "4": _("Sure")}


class ExitForm(forms.Form):
    """The guess probe: did anything tell who wrote the responses? And whatever else a rater wants to say."""

    recognised = forms.ChoiceField(
        label=_("Did you think that you recognised who or what wrote some of the responses?"),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label=_("If so: which source or sources?"), max_length=300, required=False, strip=True
    )
    sure = forms.ChoiceField(
        label=_("How sure are you?"), choices=[("", _("Choose")), *SURE.items()], required=False
    )
    comment = forms.CharField(
        label=_("Is there anything that we should know?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("recognised") == "yes" and not values.get("source"):
            self.add_error("source", _("Say which, as well as you can."))
        return values


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@raters_only
def leave(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    enrolment = enrolment_of(rater, public_id)
    study = enrolment.study
    at_work = enrolment.step in {Enrolment.Step.WORK, Enrolment.Step.EXIT}
    if enrolment.status != Enrolment.Status.ACTIVE or not at_work:
        return redirect("raters:completed", public_id=study.public_id)
    sent = request.POST if request.method == "POST" else None
    form, about = ExitForm(sent) if study.asks_exit else None, AboutForm(study, sent)
    wrong = [one for one in (form, about) if one is not None and one.is_bound and not one.is_valid()]
    if about.is_bound and not wrong:
        about_you.keep(enrolment, about)
        steps.finish(enrolment, form.cleaned_data if form else {})
        return redirect("raters:completed", public_id=study.public_id)
    context = {"study": study, "form": form, "about": about}
    return render(request, "raters/leave.html", context, status=422 if wrong else 200)


@never_cache
@require_GET
@raters_only
def completed(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    """The code and the way back to the recruiting site; before the end, on to wherever the rater is."""
    enrolment = enrolment_of(rater, public_id)
    if enrolment.status != Enrolment.Status.FINISHED:
        return redirect("raters:way_in", public_id=public_id)
    context = {"study": enrolment.study, "onward": onward_from(enrolment)}
    return render(request, "raters/completed.html", context | done_so_far(rater, enrolment.study))


def enrolment_of(rater: Rater, public_id: str) -> Enrolment:
    rows = Enrolment.objects.select_related("study__rubric")
    return get_object_or_404(rows, study=study_of(rater, public_id), rater=rater)
