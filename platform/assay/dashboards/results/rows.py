"""A line of a table of results, and the address of the comparisons behind it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from assay.reports.behind.counting import OTHER
from assay.reports.blinding import Arms
from assay.reports.models import Estimate
from promptsets.summary import NOT_DECLARED
from raters.comparisons.pairing import pairs_compared
from raters.models import Study

Compared = dict[frozenset[str], tuple[int, int]]  # pairs of arms by their names


@dataclass(frozen=True)
class Row:
    """One line of the table, and of the chart where it is a win rate of ours."""

    label: str
    estimate: Estimate
    behind: str = ""  # the address of the comparisons behind it

    @property
    def method(self) -> str:
        return self.estimate.method


def compared(arms: Arms) -> Compared:
    return {frozenset((arms.called[a], arms.called[b])): (a, b) for a, b in pairs_compared(arms.called)}


def address(study: Study, arms: Arms, pair: tuple[int, int] | None) -> str:
    """Of the comparisons of these two arms; nothing for a pair that has none."""
    page = reverse("dashboards:comparisons", args=[study.slug])
    return f"{page}?pair={arms.key(*pair)}" if pair else ""


def part_of(behind: str, estimate: Estimate) -> str:
    """The address of the comparisons that the estimate is made of: of its category, in its way of counting."""
    asked = {}
    if estimate.slice:
        asked["category"] = estimate.slice.removeprefix("category=") or NOT_DECLARED
    if estimate.name in OTHER:
        asked["counted"] = estimate.name
    return f"{behind}&{urlencode(asked)}" if behind and asked else behind
