"""How far a study has come, as counts."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Sum

from raters.models import Assignment, Comparison, Study


@dataclass(frozen=True)
class Progress:
    """Judgments counted so far of those wanted; comparisons that have all theirs; what raters are not shown."""

    judgments: int
    wanted: int
    complete: int
    comparisons: int
    raters: int
    not_shown: dict[str, int]
    held: int

    @property
    def share(self) -> float:
        return self.judgments / self.wanted if self.wanted else 0.0


def progress_of(study: Study) -> Progress:
    """From the places that are taken, less those that a rater holds at this moment: no judgment is looked at."""
    regular = study.comparisons.regular()
    shown = regular.filter(status=Comparison.Status.OPEN)
    held_now = Assignment.objects.held().with_a_place().order_by().filter(comparison__in=shown)
    full = shown.filter(ratings_taken=F("ratings_wanted"))
    counts = shown.aggregate(
        comparisons=Count("pk"),
        wanted=Sum("ratings_wanted", default=0),
        taken=Sum("ratings_taken", default=0),
    )
    left_out = (
        regular.exclude(status=Comparison.Status.OPEN).values_list("status_reason").annotate(n=Count("pk"))
    )
    return Progress(
        judgments=counts["taken"] - held_now.count(),
        wanted=counts["wanted"],
        complete=full.exclude(pk__in=held_now.values("comparison")).count(),
        comparisons=counts["comparisons"],
        raters=judging_raters(study),
        not_shown=dict(left_out.order_by("status_reason")),
        held=regular.filter(status=Comparison.Status.HELD).count(),
    )


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
