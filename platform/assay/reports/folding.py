"""The rule by which judgments become tallies: what one comparison's judgments add up to, always from all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from django.db.models import QuerySet

from assay.reports.models import ComparisonTally, RaterTally
from assay.reports.models.tallies import CELLS
from assay.reports.votes import POINTS, Vote, packed, unpacked
from raters.models import Assignment, Comparison, Judgment, Study

FIELDS = (
    "assignment__comparison",
    "assignment__rater",
    "assignment__state",
    "assignment__purpose",
    "assignment__repeat_of",
    "assignment__a_is_left",
    "preference",
    "both_bad",
    "superseded_by",
)
RaterKey = tuple[int, int, int]  # rater, arm a, arm b


def tallied(study: Study, comparisons: QuerySet[Comparison]) -> Iterator[ComparisonTally]:
    """The tally of each of these comparisons of which anything was said, not saved yet."""
    of = {
        pk: status == Comparison.Status.OPEN and kind == Comparison.Kind.REGULAR
        for pk, status, kind in comparisons.values_list("pk", "status", "kind")
    }
    said = Judgment.objects.filter(assignment__comparison__in=comparisons.values("pk"))
    rows = said.order_by("assignment__comparison").values_list(*FIELDS).iterator(chunk_size=5000)
    for pk, group in groupby(rows, key=itemgetter(0)):
        yield _of_one(ComparisonTally(study=study, comparison_id=pk, counts=of[pk]), group)


def _of_one(tally: ComparisonTally, rows: Iterable[tuple[object, ...]]) -> ComparisonTally:
    votes: list[Vote] = []
    for _, rater, state, purpose, repeat_of, is_left, preference, both_bad, later in rows:
        tally.judgments += 1
        if later is not None:
            continue
        if purpose != Assignment.Purpose.RATING:
            of_seniors = purpose == Assignment.Purpose.ADJUDICATION
            tally.decisions, tally.verdicts = tally.decisions + of_seniors, tally.verdicts + (not of_seniors)
            continue
        tally.ratings += 1
        tally.surplus += state == Assignment.State.SURPLUS
        tally.repeats += repeat_of is not None
        if state == Assignment.State.DONE and repeat_of is None:
            votes.append(Vote(int(str(rater)), POINTS[str(preference)], bool(is_left), bool(both_bad)))
    tally.votes = packed(votes)
    add_votes(tally, votes, 1)
    return tally


def add_votes(to: ComparisonTally | RaterTally, votes: Iterable[Vote], sign: int) -> None:
    for vote in votes:
        name = CELLS[vote.cell]
        setattr(to, name, getattr(to, name) + sign)


def by_rater(
    tallies: Iterable[ComparisonTally], arms: Mapping[int, tuple[int, int]]
) -> dict[RaterKey, list[int]]:
    """What these comparisons, where they count, add to each rater's cells."""
    cells: dict[RaterKey, list[int]] = defaultdict(lambda: [0] * len(CELLS))
    for tally in tallies:
        if tally.counts:
            for vote in unpacked(bytes(tally.votes)):
                cells[(vote.rater, *arms[tally.comparison_id])][vote.cell] += 1
    return cells
