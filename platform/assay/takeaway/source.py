"""What every kind of export reads from: one study, its names, and pages of its rows in one order.

The keys of all rows are read at the start, the rows page by page, each page a query of its own: memory stays bounded,
no cursor stands open while progress is written, and what is added meanwhile stays out.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from assay.reports.arms import b_stands_first, shown_names
from assay.reports.judgments import asks_for_both_bad
from assay.takeaway.pseudonyms import Pseudonyms
from raters.models import Judgment, Study
from raters.studies.exclusions import excluded_raters

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
    def _counted(self) -> "array[int]":
        return keys_of(Judgment.objects.counted(self.study))

    def is_counted(self, judgment: int) -> bool:
        """Whether rates are made of the judgment with this key; asked of the database once for all."""
        place = bisect_left(self._counted, judgment)
        return place < len(self._counted) and self._counted[place] == judgment

    @cached_property
    def asks_for_both_bad(self) -> bool:
        return asks_for_both_bad(self.study)

    def b_first(self, arm_a: int, arm_b: int) -> bool:
        return b_stands_first(self.study, self.names[arm_a], self.names[arm_b])

    @property
    def of_category(self) -> str | None:
        category = self.filters.get("category")
        return None if category is None else str(category)


def pages(rows: QuerySet[M], *related: str, size: int = A_PAGE) -> Iterator[list[M]]:
    """All rows by primary key, so many at a time, with what they refer to.

    The keys are asked for once, eight bytes each: to look for the next page by the filter again would read the whole
    study for every page.
    """
    keys = keys_of(rows)
    found = rows.model._base_manager.select_related(*related) if related else rows.model._base_manager.all()
    for start in range(0, len(keys), size):
        yield list(found.filter(pk__in=list(keys[start : start + size])).order_by("pk"))


def keys_of(rows: QuerySet[M]) -> "array[int]":
    return array("q", rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10 * A_PAGE))
