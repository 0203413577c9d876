"""How far a study has come, as counts."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from raters.models import Comparison, Judgment, Study
from raters.models.comparisons import ANSWERED


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
    regular = study.comparisons.regular()
    shown = regular.filter(status=Comparison.Status.OPEN).annotate(answered=ANSWERED)
    counts = shown.aggregate(
        comparisons=Count("pk"),
        wanted=Sum("ratings_wanted", default=0),
        complete=Count("pk", filter=Q(answered=F("ratings_wanted"))),
    )
    judged = Judgment.objects.counted(study).aggregate(
        judgments=Count("pk"), raters=Count("assignment__rater", distinct=True)
    )
    left_out = (
        regular.exclude(status=Comparison.Status.OPEN).values_list("status_reason").annotate(n=Count("pk"))
    )
    held = regular.filter(status=Comparison.Status.HELD).count()
    return Progress(**judged, **counts, not_shown=dict(left_out.order_by("status_reason")), held=held)
