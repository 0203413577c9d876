"""Checks a study's tallies against all its judgments, says what differs, and mends it."""

from collections.abc import Iterator, Sequence

from django.db import transaction

from assay.reports.folding import RaterKey, by_rater, tallied
from assay.reports.live import arms_of, fold, lock_tally, marks_of, rewrite
from assay.reports.models import ComparisonTally, RaterTally
from assay.reports.models.tallies import CELLS
from raters.models import Study

BYTES = ("votes", "answers")
COUNTS = ("words", "longer_by", "judgments", "ratings", "surplus", "repeats", "decisions", "verdicts")
CHECKED = ("counts", *BYTES, *COUNTS, *CELLS)


def recount(study: Study) -> list[str]:
    """What differed from a full recompute, by comparison and rater; all is as it should be afterwards."""
    fold(study)
    with transaction.atomic():
        whole, _ = lock_tally(study)
        right = list(tallied(study, study.comparisons.all()))
        raters = by_rater(right, arms_of(study.comparisons.all()))
        in_between = set(marks_of(study).values_list("comparison", flat=True))
        wrong = [*wrong_comparisons(study, right, in_between), *wrong_raters(study, raters, bool(in_between))]
        if wrong:
            rewrite(study, whole)
    return wrong


def wrong_comparisons(study: Study, right: Sequence[ComparisonTally], in_between: set[int]) -> Iterator[str]:
    """in_between: comparisons that were judged while this went on, which a later fold takes in."""
    stored = {row.comparison_id: row for row in ComparisonTally.objects.filter(study=study)}
    expected = {row.comparison_id: row for row in right}
    for pk in sorted({*stored, *expected} - in_between):
        if pk not in stored or pk not in expected:
            yield f"comparison {pk}: {'no tally' if pk in expected else 'a tally of no judgments'}"
            continue
        names = [name for name in CHECKED if value(stored[pk], name) != value(expected[pk], name)]
        if names:
            yield f"comparison {pk}: {', '.join(names)}"


def value(tally: ComparisonTally, name: str) -> object:
    found = getattr(tally, name)
    return bytes(found) if name in BYTES else found


def wrong_raters(study: Study, right: dict[RaterKey, list[int]], in_between: bool) -> Iterator[str]:
    """Nothing while judgments come in: the sums of a rater have no comparison by which to leave them out."""
    if in_between:
        return
    stored = {
        row.key: list(row.cells) for row in RaterTally.objects.filter(study=study).select_related("rater")
    }
    for key in sorted({*stored, *right}):
        nothing = [0] * len(CELLS)
        if stored.get(key, nothing) != right.get(key, nothing):
            yield f"rater {key[0]}, arms {key[1]} and {key[2]}: {stored.get(key)} in place of {right.get(key)}"
