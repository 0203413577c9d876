"""The page of the audit log: who did what, when, to what; newest first, by filters that stand in the address."""

from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.models import AuditEvent
from assay.accounts.requests import SignedInRequest
from raters.access import administrators_only

PAGE = 50
DAY = forms.DateInput(attrs={"type": "date"})


class FilterForm(forms.Form):
    """What the address may ask for. A value that makes no sense is told, and filters nothing."""

    who = forms.CharField(label=_("Who"), max_length=150, required=False)
    action = forms.ChoiceField(label=_("What"), required=False)
    target = forms.CharField(label=_("Object"), max_length=200, required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DAY)
    until = forms.DateField(label=_("Until"), required=False, widget=DAY)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["action"].choices = [("", _("any")), *((name, name) for name in actions())]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@never_cache
@require_GET
@administrators_only
def audit_log(request: SignedInRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    asked = form.asked()
    before = request.GET.get("before", "")
    rows = list(behind(fitting(asked), before).select_related("actor").order_by("-pk")[: PAGE + 1])
    shown = rows[:PAGE]
    older = "?" + urlencode({**asked, "before": shown[-1].pk}) if len(rows) > PAGE else ""
    context = {
        "form": form,
        "rows": shown,
        "older": older,
        "newest": "?" + urlencode(asked) if before else "",
    }
    return render(request, "account/audit_log.html", context)


def actions() -> QuerySet[AuditEvent, str]:
    """All that was ever done."""
    return AuditEvent.objects.order_by("action").values_list("action", flat=True).distinct()


def behind(rows: QuerySet[AuditEvent], before: str) -> QuerySet[AuditEvent]:
    """Those older than the one with key `before`: keys grow with time, for a row is written once and never changed."""
    return rows.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 19 else rows


def fitting(asked: dict[str, Any]) -> QuerySet[AuditEvent]:
    """Events that fit every filter asked for."""
    rows = AuditEvent.objects.all()
    if "who" in asked:
        rows = rows.filter(actor__username__iexact=asked["who"])
    if "action" in asked:
        rows = rows.filter(action=asked["action"])
    if "target" in asked:
        rows = rows.filter(target__icontains=asked["target"])
    if "since" in asked:
        rows = rows.filter(at__gte=datetime.combine(asked["since"], time.min, UTC))
    if "until" in asked:
        rows = rows.filter(at__lte=datetime.combine(asked["until"], time.max, UTC))
    return rows
