"""What raters may say about themselves at the end, if they like, and how they take it back."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from raters.access import raters_only, study_of
from raters.models import AboutRater, Enrolment, Rater, Study
from raters.studies.about_raters import questions_in
from raters.studies.languages import spoken


class AboutForm(forms.Form):
    """A choice for each question of the study, none of which must be made."""

    def __init__(self, study: Study, data: Any = None) -> None:
        super().__init__(data, prefix="about")
        for one in questions_in(study.about_raters, spoken(study.language)):
            choices = [
                ("", _("Prefer not to say")),
                *((str(n), words) for n, words in enumerate(one.answers)),
            ]
            self.fields[one.key] = forms.ChoiceField(label=one.ask, choices=choices, required=False)


@transaction.atomic
def keep(enrolment: Enrolment, form: AboutForm) -> None:
    """In the place of whatever was said before."""
    forget(enrolment)
    said = {key: value for key, value in form.cleaned_data.items() if value}
    rows = [AboutRater(enrolment=enrolment, question=key, answer=int(value)) for key, value in said.items()]
    AboutRater.objects.bulk_create(rows)


def forget(enrolment: Enrolment) -> None:
    enrolment.about.all().delete()


@never_cache
@require_POST
@raters_only
def take_back(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    study = study_of(rater, public_id)
    forget(study.enrolments.get(rater=rater))
    return redirect("raters:part", public_id=study.public_id)
