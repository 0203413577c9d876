"""The win rate under other choices of what counts, to stand beside the headline: with and without."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from assay.reports.judgments import columns_of, headline_judgments
from raters.models import Judgment, Study

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable

TOO_FEW = 2  # prompts, without which there is no interval and so no number


def tables_beside(study: Study) -> Iterator[tuple[str, "JudgmentTable"]]:
    """The name of each such estimate with its judgments; none where the choice changes nothing."""
    from analysis.tables import read_judgments

    headline = headline_judgments(study)
    for name, judgments in choices(study, headline):
        columns = columns_of(study, judgments)
        if judgments.count() != headline.count() and len(set(columns["prompt_id"])) >= TOO_FEW:
            yield name, read_judgments(columns)


def choices(study: Study, headline: QuerySet[Judgment]) -> Iterator[tuple[str, QuerySet[Judgment]]]:
    yield "win_rate_nobody_left_out", Judgment.objects.counted(study)
    yield "win_rate_no_self_identification", headline.filter(assignment__comparison__self_identified=False)
