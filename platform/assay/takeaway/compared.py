"""Comparisons with the votes on them, a page at a time: preference pairs and LLM Comparator files are made of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from assay.reports.judgments import headline_judgments
from assay.takeaway.source import Source, pages
from raters.models import Comparison, Judgment

COMPARISONS_A_PAGE = 200


@dataclass(frozen=True)
class Compared:
    """One comparison that raters were shown, and the judgments of it that the headline counts, in their order."""

    comparison: Comparison
    judgments: list[Judgment]

    def preferring(self, verdict: str) -> list[Judgment]:
        return [one for one in self.judgments if one.preference == verdict]


def compared(source: Source) -> Iterator[Compared]:
    """The study's regular comparisons that are shown, in the order in which they were laid out."""
    for page in pages(shown(source), "prompt", "response_a", "response_b", size=COMPARISONS_A_PAGE):
        votes: dict[int, list[Judgment]] = defaultdict(list)
        counted = headline_judgments(source.study).filter(assignment__comparison__in=page)
        for judgment in counted.select_related("assignment__rater").order_by("pk"):
            votes[judgment.assignment.comparison_id].append(judgment)
        yield from (Compared(comparison, votes[comparison.pk]) for comparison in page)


def shown(source: Source) -> QuerySet[Comparison]:
    found = source.study.comparisons.regular().filter(status=Comparison.Status.OPEN)
    if source.of_category is not None:
        found = found.filter(prompt__category=source.of_category)
    return found
