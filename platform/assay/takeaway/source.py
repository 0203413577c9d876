"""What every kind of export reads from: one study, its names, and pages of its rows in one order.

Pages are cut by primary key, each a query of its own, up to the highest key there was at the start: memory stays
bounded, no cursor stands open while progress is written, and what is added meanwhile stays out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Max, Model, QuerySet

from assay.reports.arms import b_stands_first, shown_names
from assay.reports.judgments import asks_for_both_bad
from assay.takeaway.pseudonyms import Pseudonyms
from raters.exclusions import excluded_raters
from raters.models import Study

A_PAGE = 1000
Row = dict[str, Any]
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Source:
    """One study with what was asked of it."""

    study: Study
    filters: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def id_of(self) -> Pseudonyms:
        return Pseudonyms(self.study)

    @cached_property
    def names(self) -> dict[int, str]:
        """What each arm is called."""
        return shown_names(self.study)

    @cached_property
    def left_out(self) -> dict[str, str]:
        """The rule that leaves a rater out of the headline, by the rater's code."""
        return excluded_raters(self.study)

    @cached_property
    def asks_for_both_bad(self) -> bool:
        return asks_for_both_bad(self.study)

    def b_first(self, arm_a: int, arm_b: int) -> bool:
        return b_stands_first(self.study, self.names[arm_a], self.names[arm_b])

    @property
    def of_category(self) -> str | None:
        category = self.filters.get("category")
        return None if category is None else str(category)


def pages(rows: QuerySet[M], size: int = A_PAGE) -> Iterator[list[M]]:
    """All rows by primary key, so many at a time."""
    last, highest = 0, rows.order_by().aggregate(highest=Max("pk"))["highest"]
    while highest and (page := list(rows.filter(pk__gt=last, pk__lte=highest).order_by("pk")[:size])):
        yield page
        last = page[-1].pk
