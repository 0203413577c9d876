"""The pages on which raters flag and ask, and read what was answered; with what they did and what it is worth."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from raters.access import assignment_of, raters_only, study_of
from raters.care import inbox
from raters.care.pay import pay_of
from raters.care.welfare import exposure_of, is_limited
from raters.models import Assignment, Message, Rater, Study
from raters.models.messages import LONGEST_MESSAGE
from raters.quality import contested

EMPTY = {"required": _("Write a few words.")}


def words(label: Any) -> forms.CharField:
    box = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(label=label, max_length=LONGEST_MESSAGE, widget=box, error_messages=EMPTY)


class MessageForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[("flag", _("Something is wrong")), ("question", _("A question"))],
        initial="flag",
        widget=forms.RadioSelect,
    )
    text = words(_("In your words"))


class ReplyForm(forms.Form):
    text = words(_("Write back"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@raters_only
def flag(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    """About the comparison on the rater's screen; sent, it leads back there."""
    assignment = assignment_of(rater, token)
    return writing(request, rater, assignment.comparison.study, assignment)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@raters_only
def ask(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    """About the study as a whole."""
    return writing(request, rater, study_of(rater, public_id), None)


def writing(request: HttpRequest, rater: Rater, study: Study, about: Assignment | None) -> HttpResponse:
    form = MessageForm(request.POST or None, initial={"kind": "flag" if about else "question"})
    if request.method == "POST" and form.is_valid():
        try:
            inbox.write(rater, study, about=about, **form.cleaned_data)
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Sent. The answer will stand on the page of your part in this study.")
            )
            if about:
                return redirect("raters:judge", token=about.token)
            return redirect("raters:part", public_id=study.public_id)
    context = {"study": study, "form": form, "token": about.token if about else ""}
    return render(request, "raters/message.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
@raters_only
def part(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    return part_page(request, rater, study_of(rater, public_id), ReplyForm())


def part_page(request: HttpRequest, rater: Rater, study: Study, form: ReplyForm, of: int = 0) -> HttpResponse:
    """What the rater did and is due, how long until a break, and their messages with the answers."""
    enrolment = study.enrolments.select_related("study", "rater").get(rater=rater)
    context = {
        "study": study,
        "pay": pay_of(rater, study),
        "exposure": exposure_of(rater, study) if is_limited(study) else None,
        "threads": study.messages.filter(rater=rater).prefetch_related("replies"),
        "said_about_you": enrolment.about.count(),
        "form": form,
        "answering": of,
        "contested": len(contested.waiting_for(enrolment)) if enrolment.is_senior else None,
    }
    return render(request, "raters/part.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["POST"])
@raters_only
def write_back(request: HttpRequest, rater: Rater, pk: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("study"), pk=pk, rater=rater)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return part_page(request, rater, message.study, form, message.pk)
    inbox.write_back(message, form.cleaned_data["text"])
    return redirect("raters:part", public_id=message.study.public_id)
