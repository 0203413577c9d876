"""The win rate under other choices of what counts, to stand beside the headline: with and without."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from assay.reports.judgments import columns_of, headline_judgments
from raters.models import Judgment, Study

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable

TOO_FEW = 2  # prompts, without which there is no interval and so no number


def tables_beside(study: Study) -> Iterator[tuple[str, "JudgmentTable"]]:
    """The name of each such estimate with its judgments; none where the choice changes nothing."""
    from analysis.tables import read_judgments

    headline = headline_judgments(study)
    in_headline = keys(headline)
    for name, judgments in choices(study, headline):
        columns = columns_of(study, judgments)
        if keys(judgments) != in_headline and len(set(columns["prompt_id"])) >= TOO_FEW:
            yield name, read_judgments(columns)


def choices(study: Study, headline: QuerySet[Judgment]) -> Iterator[tuple[str, QuerySet[Judgment]]]:
    yield "win_rate_nobody_left_out", Judgment.objects.counted(study)
    yield "win_rate_no_self_identification", headline.filter(assignment__comparison__self_identified=False)
    decided = Judgment.objects.adjudicating(study)
    undecided = headline.exclude(assignment__comparison__in=decided.values("assignment__comparison"))
    # A decision takes the place of what the raters said of that comparison.
    both = Q(pk__in=undecided.values("pk")) | Q(pk__in=decided.values("pk"))
    yield "win_rate_with_adjudication", Judgment.objects.filter(both)


def keys(judgments: QuerySet[Judgment]) -> set[int]:
    return set(judgments.values_list("pk", flat=True))
