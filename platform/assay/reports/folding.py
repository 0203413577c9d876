"""The rule by which judgments become tallies: what one comparison's judgments add up to, always from all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from assay.reports.answers import NO_TIME, Answer, packed_answers
from assay.reports.models import ComparisonTally, RaterTally
from assay.reports.models.tallies import CELLS
from assay.reports.votes import POINTS, Vote, packed, unpacked
from raters.models import Assignment, Comparison, Judgment, Study
from raters.quality.measures import words_of

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
    "pk",
    "raw_answer",
    "active_ms",
)
OF_RESPONSE = ("turns", "characters")
READ = (
    "status",
    "kind",
    "prompt__turns",
    *(f"response_{arm}__{name}" for arm in "ab" for name in OF_RESPONSE),
)
RaterKey = tuple[int, int, int]  # rater, arm a, arm b


def tallied(study: Study, comparisons: QuerySet[Comparison]) -> Iterator[ComparisonTally]:
    """The tally of each of these comparisons of which anything was said, not saved yet."""
    of = {row.pk: of_texts(row) for row in with_texts(comparisons)}
    said = Judgment.objects.filter(assignment__comparison__in=comparisons.values("pk"))
    rows = said.order_by("assignment__comparison").values_list(*FIELDS).iterator(chunk_size=5000)
    for pk, group in groupby(rows, key=itemgetter(0)):
        yield _of_one(ComparisonTally(study=study, comparison_id=pk, **of[pk]), group)


def with_texts(comparisons: QuerySet[Comparison]) -> Iterator[Comparison]:
    rows = comparisons.select_related("prompt", "response_a", "response_b").only(*READ)
    return rows.order_by().iterator(chunk_size=1000)


def of_texts(comparison: Comparison) -> dict[str, Any]:
    """What a tally knows of the comparison before anybody has judged it."""
    return {
        "counts": counts(comparison),
        "words": words_of(comparison),
        "longer_by": longer_by(comparison),
    }


def longer_by(comparison: Comparison) -> int | None:
    a, b = comparison.response_a, comparison.response_b
    return a.characters - b.characters if a and b else None


def counts(comparison: Comparison) -> bool:
    return comparison.status == Comparison.Status.OPEN and comparison.kind == Comparison.Kind.REGULAR


def _of_one(tally: ComparisonTally, rows: Iterable[tuple[Any, ...]]) -> ComparisonTally:
    votes: list[Vote] = []
    answers: list[Answer] = []
    for _, rater, state, purpose, repeat_of, is_left, preference, both_bad, later, pk, raw, ms in rows:
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
        if state != Assignment.State.DONE:
            continue
        points, again = POINTS[preference], repeat_of is not None
        answers.append(Answer(pk, rater, NO_TIME if ms is None else ms, points, is_left, again, raw))
        if not again:
            votes.append(Vote(rater, points, is_left, both_bad))
    tally.votes, tally.answers = packed(votes), packed_answers(answers)
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
