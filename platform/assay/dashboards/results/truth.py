"""What simulated raters were made with, beside what was estimated from them."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from assay.reports.models import Estimate
from raters.models import Comparison, Study

TIE = 0.5  # of two equal texts, by definition, whoever would have been asked


@dataclass(frozen=True)
class Truth:
    """The win rate that such raters would show without end, and whether the interval holds it."""

    value: float
    covered: bool


def truth_of(study: Study, headline: Estimate, pair: tuple[int, int], *, turned: bool) -> Truth | None:
    """For the pair of arms, a first; turned: the headline is that of b.

    None for people, for judgments that an earlier study made with a truth of its own, and without an interval.
    """
    if not study.simulation or headline.low is None or headline.high is None:
        return None
    places = settled(study, pair)
    if places[Comparison.Status.REUSED]:
        return None
    equal = places[Comparison.Status.EQUAL] / headline.detail["prompts"]
    asked = study.simulation["truth"]["win_rate"]
    value = equal * TIE + (1 - equal) * (1 - asked if turned else asked)
    return Truth(value, headline.low <= value <= headline.high)


def settled(study: Study, pair: Collection[int]) -> Counter[str]:
    """How many comparisons of the pair count though nobody was asked, by status."""
    regular = study.comparisons.regular().filter(arm_a__in=pair, arm_b__in=pair)
    unasked = regular.filter(status__in=[Comparison.Status.EQUAL, Comparison.Status.REUSED])
    return Counter(dict(unasked.values_list("status").annotate(n=Count("pk")).order_by()))
