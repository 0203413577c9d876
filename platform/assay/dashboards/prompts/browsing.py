"""Browsing a version of a prompt set: filters from the address, pages by position, so that the last is as fast as the
first however large the set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from assay.dashboards.paging import place_in
from promptsets.fitting import fitting, offered
from promptsets.models import Prompt, PromptSetVersion
from promptsets.summary import NOT_DECLARED
from promptsets.taxonomy import EXPECTED, HAZARDS

PAGE = 50
ANY = ("", _("any"))
LENGTHS = {  # of fitting.LENGTHS
    "s": _("under 100 characters"),
    "m": _("100 to 399"),
    "l": _("400 to 1,499"),
    "xl": _("1,500 and more"),
}
CALLED: dict[str, Mapping[str, Any]] = {
    "length": LENGTHS,
    "hazard": {**HAZARDS, NOT_DECLARED: _("none")},
    "expected": EXPECTED,
}


class FilterForm(forms.Form):
    """What the address may ask for. A value that is not offered is told, and filters nothing."""

    q = forms.CharField(label=_("Text or key"), required=False, max_length=200, strip=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    length = forms.ChoiceField(label=_("Length"), required=False)
    hazard = forms.ChoiceField(label=_("Hazard"), required=False)
    expected = forms.ChoiceField(label=_("Expected"), required=False)

    def __init__(self, version: PromptSetVersion, data: Any) -> None:
        super().__init__(data)
        offers, counts = offered(version), version.manifest.get("counts", {})
        counted = {"category": counts.get("categories", {}), "language": counts.get("languages", {})}
        for name in ("category", "language", *CALLED):
            if name not in offers:
                self.offers_nothing(name)
                continue
            called = CALLED.get(name) or {value: f"{value} ({n})" for value, n in counted[name].items()}
            choices = [(value, called[value]) for value in offers[name]]
            self.fields[name].choices = [ANY, *choices]  # type: ignore[attr-defined]

    def offers_nothing(self, name: str) -> None:
        """The filter is not there; asked for all the same, it stays to say so, unless all prompts fit."""
        if self.data.get(name, "") not in ("", NOT_DECLARED):
            self.fields[name].choices = [ANY]  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def asked(self) -> dict[str, str]:
        """The valid filters that are set."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True)
class Page:
    """Some prompts in their order, and the addresses of the pages around; "" where there is none."""

    prompts: list[Prompt]
    first: str
    following: str


def page_of(version: PromptSetVersion, asked: dict[str, str], after: str) -> Page:
    """The prompts that fit the filters, behind position `after`. Raises: Http404 for no such place."""
    start = place_in(after, first=-1, longest=9)
    found = fitting(version.prompts.all(), asked).filter(position__gt=start).order_by("position")
    prompts = list(found[: PAGE + 1])
    more = len(prompts) > PAGE
    prompts = prompts[:PAGE]
    following = "?" + urlencode({**asked, "after": prompts[-1].position}) if more else ""
    return Page(prompts, first="?" + urlencode(asked) if start >= 0 else "", following=following)
