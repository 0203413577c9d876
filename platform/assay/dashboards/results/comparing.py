"""The comparisons behind a study's numbers, as its page asks for them: filters from the address, pages by position."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from assay.accounts.models import User
from assay.dashboards.paging import place_in
from assay.dashboards.prompts.browsing import ANY, FilterForm
from assay.reports.behind.asking import Asked, offers
from assay.reports.behind.comparisons import fitting_comparisons
from assay.reports.behind.counting import HEADLINE
from assay.reports.behind.showing import Shown, shown
from assay.reports.blinding import Arms
from assay.reports.wording import WHOLE
from raters.models import Study

PAGE = 10


class ComparisonFilter(FilterForm):
    """What the address may ask for: of the prompt, and of what raters said."""

    prompt = forms.CharField(label=_("Prompt (its key)"), required=False, max_length=200, strip=False)
    pair = forms.ChoiceField(label=_("Pair"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    said = forms.ChoiceField(label=_("Some rater says"), required=False)
    votes = forms.ChoiceField(label=_("Raters"), required=False)
    rater = forms.CharField(label=_("Judged by (code)"), required=False, max_length=16)
    counted = forms.ChoiceField(label=_("Counted in"), required=False)
    judged_by = forms.ChoiceField(label=_("Judged by a language model"), required=False)
    labelled = forms.ChoiceField(label=_("Safety labels of a response"), required=False)

    def __init__(self, study: Study, arms: Arms, data: Any) -> None:
        super().__init__(study.prompt_set_version, data)
        self.study, self.arms, offered = study, arms, offers(study, arms)
        for name in ("pair", "outcome", "said", "votes", "counted", "judged_by", "labelled"):
            if name in offered:
                nothing = ("", WHOLE[HEADLINE]) if name == "counted" else ANY
                self.fields[name].choices = [nothing, *offered[name].items()]  # type: ignore[attr-defined]
            else:
                self.offers_nothing(name)

    def asking(self) -> Asked:
        return Asked(self.study, self.arms, self.asked())


@dataclass(frozen=True)
class Page:
    """Some comparisons, and the addresses of the pages around; "" where there is none."""

    comparisons: list[Shown]
    first: str
    following: str


def page_of(asked: Asked, user: User, after: str) -> Page:
    start = place_in(after)
    found = fitting_comparisons(asked).values_list("pk", flat=True)
    keys = list((found.filter(pk__gt=start) if start else found)[: PAGE + 1])
    more = len(keys) > PAGE
    keys = keys[:PAGE]
    following = "?" + urlencode({**asked.filters, "after": keys[-1]}) if more else ""
    rows = list(shown(asked.counting, asked.arms, user, keys))
    return Page(rows, "?" + urlencode(asked.filters) if start else "", following)
