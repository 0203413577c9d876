"""The win rate under other choices of what counts, to stand beside the headline: with and without."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from assay.reports.counted import Counted
from assay.reports.judgments import FIELDS
from raters.models import Judgment, Study

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable

TOO_FEW = 2  # prompts, without which there is no interval and so no number


def tables_beside(counted: Counted) -> Iterator[tuple[str, "JudgmentTable"]]:
    """The name of each such estimate with its judgments; none where the choice changes nothing."""
    choices = {
        "win_rate_nobody_left_out": nobody_left_out,
        "win_rate_no_self_identification": no_self_identification,
        "win_rate_with_adjudication": with_adjudication,
    }
    for name, choice in choices.items():
        if table := choice(counted):
            yield name, table


def nobody_left_out(counted: Counted) -> "JudgmentTable | None":
    return counted.table(counted.kept(())) if counted.n_left_out else None


def no_self_identification(counted: Counted) -> "JudgmentTable | None":
    named = [place["self_identified"] for place in counted.places]
    kept = counted.kept(counted.left_out) & ~counted.at(named)
    return counted.table(kept) if any(named) else None


def with_adjudication(counted: Counted) -> "JudgmentTable | None":
    """A decision takes the place of what the raters said of that comparison."""
    decided = Judgment.objects.adjudicating(counted.study).order_by("pk")
    found = decided.values_list("assignment__comparison", *FIELDS.values())
    if not found:
        return None
    comparisons = {comparison for comparison, *_ in found}
    rows = [dict(zip(FIELDS, values, strict=True)) for _, *values in found]
    undecided = ~counted.at([place["comparison"] in comparisons for place in counted.places])
    return counted.table(counted.kept(counted.left_out) & undecided, rows)


def choices(study: Study, headline: QuerySet[Judgment]) -> Iterator[tuple[str, QuerySet[Judgment]]]:
    """The same choices as judgments, for whoever says of each of them where it counts."""
    yield "win_rate_nobody_left_out", Judgment.objects.counted(study)
    yield "win_rate_no_self_identification", headline.filter(assignment__comparison__self_identified=False)
    decided = Judgment.objects.adjudicating(study)
    undecided = headline.exclude(assignment__comparison__in=decided.values("assignment__comparison"))
    # A decision takes the place of what the raters said of that comparison.
    both = Q(pk__in=undecided.values("pk")) | Q(pk__in=decided.values("pk"))
    yield "win_rate_with_adjudication", Judgment.objects.filter(both)
