"""One inbox for each study: what raters flag and ask, and what the quality rules flag, in one list."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Case, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assay.accounts.requests import SignedInRequest
from assay.dashboards.paging import place_in
from assay.dashboards.studies.quality import study_for
from assay.reports.kept_quality import shown_figures
from raters.access import may_change, researchers_only
from raters.care.inbox import answer, close, hold_item
from raters.models import Message, Study
from raters.quality.measures import RaterQuality

A_PAGE = 50
KINDS = {"flag": _("Raters' flags"), "question": _("Questions"), "quality": _("Quality flags")}
STATES = {"open": _("Open"), "answered": _("Answered"), "closed": _("Closed")}


class FilterForm(forms.Form):
    """What the address asks for; a value that is not offered is told, and filters nothing."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *KINDS.items()])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *STATES.items()])
    rater = forms.CharField(label=_("Rater"), required=False, max_length=16, strip=True)

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True)
class QualityFlag:
    """A rater whose figures chance does not explain; open until somebody has paused them or they have finished."""

    rater: RaterQuality
    state: str


@never_cache
@require_GET
@researchers_only
def inbox(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    form = FilterForm(request.GET)
    asked = form.asked()
    start = place_in(request.GET.get("from", ""), longest=9)
    found = messages_of(study, asked)
    threads = list(found[start : start + A_PAGE + 1])
    context = {
        "study": study,
        "form": form,
        "threads": threads[:A_PAGE],
        "flags": list(quality_flags(study, asked)) if start == 0 else [],
        "here": urlencode(asked),
        "following": urlencode({**asked, "from": start + A_PAGE}) if len(threads) > A_PAGE else "",
        "changes": may_change(study, request.user),
        "open": study.messages.filter(state=Message.State.OPEN).count(),
    }
    return render(request, "dashboards/inbox.html", context)


def messages_of(study: Study, asked: dict[str, str]) -> Any:
    """Open ones first, then the newest."""
    found = study.messages.select_related("rater", "assignment__comparison__prompt").prefetch_related(
        "replies__author"
    )
    if asked.get("kind") == "quality":
        return found.none()
    names = {"kind": "kind", "state": "state", "rater": "rater__code"}
    wanted = {names[name]: value for name, value in asked.items()}
    open_first = Case(When(state=Message.State.OPEN, then=0), default=1)
    return found.filter(**wanted).order_by(open_first, "-created_at", "-pk")


def quality_flags(study: Study, asked: dict[str, str]) -> Iterator[QualityFlag]:
    if asked.get("kind") in {"flag", "question"}:
        return
    paused = set(study.enrolments.exclude(status="active").values_list("rater__code", flat=True))
    for one in shown_figures(study).values():
        flag = QualityFlag(one, "closed" if one.rater in paused else "open")
        fits = asked.get("rater") in (None, one.rater) and asked.get("state") in (None, flag.state)
        if one.flags and fits:
            yield flag


@require_POST
@researchers_only
def act_on_message(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Replies, closes or holds the comparison, as the button says, and leads back to the list as it was."""
    rows = Message.objects.select_related("study", "assignment__comparison")
    message = get_object_or_404(rows, study=study_for(request, slug), pk=pk)
    try:
        if request.POST.get("deed") == "hold":
            hold_item(message, request.user)
        elif request.POST.get("deed") == "close":
            close(message, request.user)
        else:
            answer(message, request.POST.get("text", "")[:2000], request.user)
    except ValueError as error:
        messages.error(request, str(error))
    asked = urlencode(FilterForm(request.GET).asked())
    return redirect(reverse("dashboards:inbox", args=[slug]) + (f"?{asked}" if asked else ""))
