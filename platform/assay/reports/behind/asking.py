"""What may be asked of the comparisons behind a study's numbers, and what a reader asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from assay.reports.behind.counting import HEADLINE, Counting, offered
from assay.reports.behind.judged_by import JudgedBy, judges_of
from assay.reports.behind.labelled import labels_of
from assay.reports.blinding import Arms
from raters.comparisons.pairing import pairs_compared
from raters.models import Study

OUTCOMES = {"first": _("the first is preferred"), "even": _("even"), "second": _("the second is preferred")}
SAID = {"first": _("the first is better"), "tie": _("a tie"), "second": _("the second is better")}
VOTES = {"split": _("disagree on the better one"), "alike": _("do not")}


@dataclass(frozen=True)
class Asked:
    """What a reader asks of a study's comparisons: values that are offered, by the name of the filter.

    Beside those of `offers` the prompt's (`promptsets.fitting`), its key, and the code of a rater.
    """

    study: Study
    arms: Arms
    filters: Mapping[str, str]

    @cached_property
    def counting(self) -> Counting:
        name, judge = self.filters.get("counted", HEADLINE), self.filters.get("judged_by")
        return JudgedBy(self.study, name, judge) if judge else Counting(self.study, name)

    @cached_property
    def pairs(self) -> dict[str, tuple[int, int]]:
        return pairs_of(self.study, self.arms)


def offers(study: Study, arms: Arms) -> dict[str, dict[str, Any]]:
    """Each filter's values with what they are called; without filters that the study has nothing for."""
    pairs = {key: arms.named_pair(*pair) for key, pair in pairs_of(study, arms).items()}
    found: dict[str, dict[str, Any]] = {"pair": pairs, "outcome": OUTCOMES, "said": SAID, "votes": VOTES}
    if numbers := offered(study):
        found["counted"] = dict(numbers)
    if judges := judges_of(study):
        found["judged_by"] = judges
    if study.rubric.asks_safety:
        found["labelled"] = dict(labels_of(arms))
    return found


def pairs_of(study: Study, arms: Arms) -> dict[str, tuple[int, int]]:
    """The pairs that are compared, by what an address calls them, as this reader meets them."""
    return {arms.key(*pair): pair for pair in arms.in_order(pairs_compared(arms.called))}
