"""How far a study has come, as counts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Sum

from raters.models import Assignment, Comparison, Study
from raters.models.comparisons import ANSWERED


@dataclass(frozen=True)
class Counts:
    """Judgments counted so far of those wanted, and the comparisons that are shown for them."""

    judgments: int = 0
    wanted: int = 0
    comparisons: int = 0


@dataclass(frozen=True, kw_only=True)
class Progress(Counts):
    """Also comparisons that have all their judgments, and what raters are not shown."""

    complete: int
    raters: int
    not_shown: dict[str, int]
    held: int

    @property
    def share(self) -> float:
        return self.judgments / self.wanted if self.wanted else 0.0


def counts_of(studies: Iterable[Study]) -> dict[int, Counts]:
    """Of each of them by its primary key, in two queries however many they are.

    From the places that are taken, less those that a rater holds at this moment: no judgment is looked at.
    """
    keys = [study.pk for study in studies]
    shown = Comparison.objects.regular().filter(status=Comparison.Status.OPEN, study__in=keys).order_by()
    sums = (Sum("ratings_taken"), Sum("ratings_wanted"), Count("pk"))
    held_now = Assignment.objects.held().with_a_place().order_by().filter(comparison__in=shown)
    held = dict(held_now.values_list("comparison__study").annotate(Count("pk")))
    found: dict[int, Counts] = defaultdict(Counts)
    for pk, taken, wanted, comparisons in shown.values_list("study").annotate(*sums):
        found[pk] = Counts(taken - held.get(pk, 0), wanted, comparisons)
    return found


def progress_of(study: Study) -> Progress:
    regular = study.comparisons.regular()
    shown = regular.filter(status=Comparison.Status.OPEN)
    held_now = Assignment.objects.held().with_a_place().order_by().filter(comparison__in=shown)
    full = shown.filter(ratings_taken=F("ratings_wanted"))
    counts = counts_of([study])[study.pk]
    left_out = (
        regular.exclude(status=Comparison.Status.OPEN).values_list("status_reason").annotate(n=Count("pk"))
    )
    return Progress(
        judgments=counts.judgments,
        wanted=counts.wanted,
        complete=full.exclude(pk__in=held_now.values("comparison")).count(),
        comparisons=counts.comparisons,
        raters=judging_raters(study),
        not_shown=dict(left_out.order_by("status_reason")),
        held=regular.filter(status=Comparison.Status.HELD).count(),
    )


def unanswered(study: Study) -> int:
    """Comparisons that still lack a judgment."""
    shown = study.comparisons.regular().filter(status=Comparison.Status.OPEN)
    return shown.annotate(answered=ANSWERED).filter(answered__lt=F("ratings_wanted")).count()


def judging_raters(study: Study) -> int:
    """How many of those enrolled have an answer that counts."""
    answered = Assignment.objects.with_a_place().filter(
        rater=OuterRef("rater"),
        state=Assignment.State.DONE,
        comparison__study=OuterRef("study"),
        comparison__kind=Comparison.Kind.REGULAR,
        comparison__status=Comparison.Status.OPEN,
    )
    return study.enrolments.filter(Exists(answered)).count()
