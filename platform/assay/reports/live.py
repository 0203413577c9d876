"""Keeps tallies up to date: what raters said since is marked on its assignment, and a worker folds it in.

A mark costs the judging request nothing: it rides on the update that the request makes anyway. It is taken off before
the judgments are read, so that one that comes in between is marked again and folded the next time.
"""

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from assay.reports.folding import RaterKey, by_rater, tallied
from assay.reports.models import ComparisonTally, RaterTally, StudyTally
from assay.reports.models.tallies import CELLS
from raters.models import Assignment, Comparison, Study

AT_ONCE = (
    500  # assignments of one transaction: judging never waits long, and no statement names too many keys
)
KEPT = [field.name for field in ComparisonTally._meta.fields if field.name not in ("id", "comparison")]
COUNTING = Q(comparison__status=Comparison.Status.OPEN, comparison__kind=Comparison.Kind.REGULAR)


def fold(study: Study) -> int:
    """Brings the study's tallies up to date; how many comparisons were tallied anew."""
    folded = 0
    while found := _fold_some(study):
        folded += found
    return folded


@transaction.atomic
def _fold_some(study: Study) -> int:
    whole, is_new = lock_tally(study)
    if is_new:
        rewrite(study, whole)
        return study.comparison_tallies.count()
    keys = list(marks_of(study).values_list("pk", "comparison")[:AT_ONCE])
    comparisons = {comparison for _, comparison in keys} | set(drifted(study)[:AT_ONCE])
    if comparisons:
        Assignment.objects.filter(pk__in=[pk for pk, _ in keys]).update(untallied=False)
        replace(study, study.comparisons.filter(pk__in=comparisons))
        note(whole)
    return len(comparisons)


def lock_tally(study: Study) -> tuple[StudyTally, bool]:
    """The row that whoever folds must hold, so that no two fold one study at once; and whether it is new."""
    _, is_new = StudyTally.objects.get_or_create(study=study)
    return StudyTally.objects.select_for_update().get(study=study), is_new


def note(whole: StudyTally) -> None:
    """Writes how far the study is folded now."""
    of_study = ComparisonTally.objects.filter(study=whole.study_id)
    whole.judgments = of_study.aggregate(n=Sum("judgments", default=0))["n"]
    whole.folds += 1
    whole.save()


def marks_of(study: Study) -> QuerySet[Assignment]:
    return Assignment.objects.filter(untallied=True, comparison__study=study)


def drifted(study: Study) -> QuerySet[ComparisonTally, int]:
    """Comparisons that have come to count, or have ceased to, since they were tallied, or were without answers."""
    of_study = ComparisonTally.objects.filter(study=study)
    changed = of_study.filter(~COUNTING & Q(counts=True) | COUNTING & Q(counts=False) | Q(words=None))
    return changed.values_list("comparison", flat=True)


def replace(study: Study, comparisons: QuerySet[Comparison]) -> None:
    """Puts what these comparisons add up to now in the place of what they did."""
    before = list(ComparisonTally.objects.filter(comparison__in=comparisons.values("pk")))
    after = list(tallied(study, comparisons))
    arms = arms_of(comparisons)
    ComparisonTally.objects.bulk_create(
        after, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["comparison"], update_fields=KEPT
    )
    changes = by_rater(after, arms)
    for key, cells in by_rater(before, arms).items():
        changes[key] = [new - old for new, old in zip(changes[key], cells, strict=True)]
    add_to_raters(study, {key: cells for key, cells in changes.items() if any(cells)})


def arms_of(comparisons: QuerySet[Comparison]) -> dict[int, tuple[int, int]]:
    return {pk: (a, b) for pk, a, b in comparisons.values_list("pk", "arm_a", "arm_b")}


def add_to_raters(study: Study, changes: dict[RaterKey, list[int]]) -> None:
    """Safe because whoever folds holds the study's tally."""
    found = RaterTally.objects.filter(study=study, rater__in={rater for rater, _, _ in changes})
    known = {row.key: row for row in found}
    new = [RaterTally.keyed(study, key) for key in changes if key not in known]
    known |= {row.key: row for row in new}
    for key, cells in changes.items():
        for name, change in zip(CELLS, cells, strict=True):
            setattr(known[key], name, getattr(known[key], name) + change)
    changed = [known[key] for key in changes if known[key].pk]
    RaterTally.objects.bulk_create(new, batch_size=AT_ONCE)
    RaterTally.objects.bulk_update(changed, CELLS, AT_ONCE)


def rewrite(study: Study, whole: StudyTally) -> None:
    """All tallies of a study from all its judgments."""
    marks_of(study).update(untallied=False)
    ComparisonTally.objects.filter(study=study).delete()
    RaterTally.objects.filter(study=study).delete()
    replace(study, study.comparisons.all())
    note(whole)
