"""Care for those who read harmful text: what is covered, what may be declined, when it is time for a break."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from promptsets.taxonomy import HAZARDS
from raters.judging import lock_place, skip
from raters.models import Assignment, Enrolment, Judgment, Rater, Study
from raters.rubrics.hazards import NAMES

SUPPORT = _(
    "If something you read stays with you, stop for today and talk to somebody. findahelpline.com lists free and "
    "confidential lines in many countries."
)
# What a study of safety prompts starts with; each is a setting that can be changed while the study is a draft.
SAFETY_SETTINGS: dict[str, Any] = {
    "reveal": True,
    "exposure_items": 30,
    "exposure_minutes": 40,
    "break_minutes": 10,
    "support_line": str(SUPPORT),
}


def is_covered(assignment: Assignment) -> bool:
    """Whether the comparison waits behind a cover that names its hazard."""
    return assignment.comparison.study.reveal and assignment.shown_at is None


def hazard_of(assignment: Assignment) -> str:
    """The hazard's name, empty where the prompt declares none."""
    return str(NAMES.get(assignment.comparison.prompt.hazard or "", ""))


def hazards_in(study: Study) -> dict[str, str]:
    """Code and name of each hazard among the prompts of the study."""
    codes = study.comparisons.exclude(prompt__hazard=None).values_list("prompt__hazard", flat=True).distinct()
    return {code: str(NAMES[code]) for code in HAZARDS if code in set(codes)}


@transaction.atomic
def decline(enrolment: Enrolment, hazards: list[str]) -> None:
    """From now on nothing of these hazards is given to the rater; what they hold of them goes to somebody else."""
    enrolment.declined_hazards = sorted(set(hazards) & HAZARDS.keys())
    enrolment.save(update_fields=["declined_hazards"])
    held = Assignment.objects.of(enrolment.rater, enrolment.study).filter(state=Assignment.State.LEASED)
    for assignment in held.filter(comparison__prompt__hazard__in=enrolment.declined_hazards):
        lock_place(assignment)
        skip(assignment, "hazard declined")


def wanted_hazards(enrolment: Enrolment) -> Q:
    """The comparisons whose prompts the rater has not declined."""
    return without_hazards(enrolment.declined_hazards)


def without_hazards(declined: Sequence[str]) -> Q:
    return Q(prompt__hazard=None) | ~Q(prompt__hazard__in=declined) if declined else Q()


@dataclass(frozen=True)
class Exposure:
    """The stretch of work that a rater is in: comparisons seen without a break, since when, and how far it may go."""

    study: Study
    seen: int
    lasted: timedelta
    last: datetime | None

    @property
    def minutes(self) -> int:
        return int(self.lasted.total_seconds() // 60)

    @property
    def is_over(self) -> bool:
        too_many = bool(self.study.exposure_items) and self.seen >= self.study.exposure_items
        too_long = timedelta(minutes=self.study.exposure_minutes)
        return too_many or (bool(too_long) and self.lasted >= too_long)


def is_limited(study: Study) -> bool:
    return bool(study.exposure_items or study.exposure_minutes)


def exposure_of(rater: Rater, study: Study) -> Exposure:
    """A stretch of work is what was seen without a pause as long as a break."""
    now, pause = timezone.now(), timedelta(minutes=study.break_minutes)
    seen = list(moments(rater, study))
    if not seen:
        return Exposure(study, 0, timedelta(), None)
    sent = Judgment.objects.filter(assignment__rater=rater, assignment__comparison__study=study)
    last = max([seen[0], *sent.order_by("-pk").values_list("submitted_at", flat=True)[:1]])
    if now - last >= pause:
        return Exposure(study, 0, timedelta(), last)
    stretch = list(seen_without(pause, seen))
    return Exposure(study, len(stretch), now - stretch[-1], last)


def rests_until(rater: Rater, study: Study) -> datetime | None:
    """When the break ends that the rater has to take now; None if they may go on.

    A stretch ends at the study's cap of comparisons or of minutes, and the break begins with the last thing seen or
    sent.
    """
    if not is_limited(study):
        return None
    exposure = exposure_of(rater, study)
    pause = timedelta(minutes=study.break_minutes)
    return exposure.last + pause if exposure.last and exposure.is_over else None


def moments(rater: Rater, study: Study) -> Iterator[datetime]:
    """When the rater first saw each comparison, contested ones too, the latest first."""
    met = Assignment.objects.filter(rater=rater, comparison__study=study)
    for shown_at in met.order_by("-shown_at").values_list("shown_at", flat=True):
        if shown_at is not None:
            yield shown_at


def seen_without(pause: timedelta, times: list[datetime]) -> Iterator[datetime]:
    """The times of the latest stretch, the latest first."""
    later = times[0]
    for time in times:
        if later - time >= pause:
            return
        yield time
        later = time


def done_so_far(rater: Rater, study: Study) -> dict[str, int]:
    """What a rater is told at the end: answers, and skips, which cost nothing. What is paid stands in pay.py."""
    mine = Assignment.objects.of(rater, study)
    skipped = mine.filter(state=Assignment.State.SKIPPED)
    return {"answered": mine.answered().count(), "skipped": skipped.count()}
