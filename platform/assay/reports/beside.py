"""The win rate under other choices of what counts, to stand beside the headline: with and without."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from assay.reports.judgments import columns_of
from raters.models import Judgment, Study

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable

TOO_FEW = 2  # prompts, without which there is no interval and so no number


def tables_beside(study: Study) -> Iterator[tuple[str, "JudgmentTable"]]:
    """The name of each such estimate with its judgments; none where the choice changes nothing."""
    from analysis.tables import read_judgments

    counted = Judgment.objects.counted(study)
    for name, judgments in choices(counted):
        columns = columns_of(study, judgments)
        if judgments.count() != counted.count() and len(set(columns["prompt_id"])) >= TOO_FEW:
            yield name, read_judgments(columns)


def choices(counted: QuerySet[Judgment]) -> Iterator[tuple[str, QuerySet[Judgment]]]:
    yield "win_rate_no_self_identification", counted.filter(assignment__comparison__self_identified=False)
