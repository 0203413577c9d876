"""The page of a locked design: what was fixed before the first judgment, and what it changed of the version before."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.reports.designs import Change, ToldDesign, design_for
from raters.access import researchers_only
from raters.models import Rubric, Study

APART = {"arms", "prompt_set", "prompt_set_version"}  # have a place of their own on the page
HEADINGS = {
    "": gettext_lazy("What is asked and how it counts"),
    "rubric": gettext_lazy("Rubric"),
    "way_in": gettext_lazy("The way in"),
    "welfare": gettext_lazy("Care for raters"),
    "care": gettext_lazy("Repeats and contested comparisons"),
    "pay": gettext_lazy("Pay"),
    "texts": gettext_lazy("Languages"),
}


@dataclass(frozen=True)
class Line:
    label: str
    value: str


@dataclass(frozen=True)
class ChangedLine:
    label: str
    before: str
    after: str


@never_cache
@require_GET
@researchers_only
def study_design(request: SignedInRequest, slug: str) -> HttpResponse:
    related = Study.objects.for_user(request.user).select_related("prompt_set_version__prompt_set", "rubric")
    study = get_object_or_404(related, slug=slug)
    told = design_for(study, request.user)
    if told is None:
        raise Http404("A draft has no locked design.")
    context = {
        "study": study,
        "told": told,
        "arms": [arm_in_words(arm) for arm in told.design.get("arms", [])],
        "sections": sections(told),
        "changes": [changed_line(one) for one in told.changes],
        "whole": json.dumps(told.design, indent=2, ensure_ascii=False),
    }
    return render(request, "dashboards/design.html", context)


def sections(told: ToldDesign) -> list[tuple[str, list[Line]]]:
    """The parts under headings, in the order of HEADINGS; a part of a group that has none stands with the first."""
    found: dict[str, list[Line]] = {group: [] for group in HEADINGS}
    for part, value in told.parts().items():
        if part in APART:
            continue
        group, _dot, name = part.rpartition(".")
        found[group if group in found else ""].append(Line(label_of(part), in_words(name, value)))
    return [(str(HEADINGS[group]), lines) for group, lines in found.items() if lines]


def arm_in_words(arm: dict[str, Any]) -> str:
    """A label as it is; of an arm that may be named everything that the design says of it."""
    told = (f"{label_of(name)}: {in_words(name, value)}" for name, value in arm.items())
    return str(arm["label"]) if "label" in arm else "; ".join(told)


def changed_line(change: Change) -> ChangedLine:
    name = change.part.rpartition(".")[2]
    return ChangedLine(label_of(change.part), in_words(name, change.before), in_words(name, change.after))


def label_of(part: str) -> str:
    """As forms call the field; what is no field of a study is called by its own name in words."""
    group, _dot, name = part.rpartition(".")
    model = Rubric if group == "rubric" else Study
    called = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}
    return capfirst(called.get(name, name.replace("sha256", "SHA-256").replace("_", " ")))


def in_words(name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "\n".join(f"{key.replace('_', ' ')}: {in_words(key, one)}" for key, one in value.items())
    if isinstance(value, list):
        return "\n".join(in_words(name, one) for one in value)
    return str(dict(choices_of(name)).get(value, value))


def choices_of(name: str) -> list[tuple[Any, Any]]:
    """As forms word the choices of a study's setting; none of what is no such setting."""
    found = {field.name: field for field in Study._meta.concrete_fields}.get(name)
    return list(found.flatchoices) if found else []
