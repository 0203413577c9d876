"""E-mails to the people of a study when it is complete, has stalled for a day or holds comparisons: once each time."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone

from assay.evaluations.models import EvaluationVersion, RunStudy
from raters.models import Comparison, Judgment, Study, StudyNotice
from raters.studies.roles import EDITORS

logger = logging.getLogger(__name__)
QUIET_FOR = timedelta(days=1)
TRIES, WAIT = 6, timedelta(minutes=10)
Kind = StudyNotice.Kind


def notice_all() -> None:
    """Writes down what has come about in studies of people, then sends what is due. Safe to run twice."""
    for study in Study.objects.filter(status=Study.Status.COLLECTING, simulation__isnull=True):
        there = set(worth_telling(study))
        # What has passed can come about anew, and is told of again then. A study is complete once: a planned repeat on
        # somebody's screen would otherwise make it so again and again.
        study.notices.filter(kind__in={Kind.STALLED, Kind.HELD} - there).delete()
        for kind in there:
            StudyNotice.objects.get_or_create(study=study, kind=kind)
    due = StudyNotice.objects.filter(sent_at=None, attempts__lt=TRIES, not_before__lte=timezone.now())
    for notice in due.select_related("study"):
        send(notice)


def worth_telling(study: Study) -> Iterator[str]:
    regular = study.comparisons.regular()
    if regular.filter(status=Comparison.Status.HELD).exists():
        yield Kind.HELD
    shown = regular.filter(status=Comparison.Status.OPEN)
    if not shown.exists() or asks_no_people(study):
        return
    if is_complete(study):
        yield Kind.FINISHED
    elif last_moved(study) < timezone.now() - QUIET_FOR:
        yield Kind.STALLED


def asks_no_people(study: Study) -> bool:
    """Whether a plan lets a language model judge it alone: nobody is waited for."""
    alone = RunStudy.objects.filter(study=study, run__version__judged_by=EvaluationVersion.Judges.MODEL)
    return alone.exists()


def is_complete(study: Study) -> bool:
    """Whether no comparison has a free place, and none is on a rater's screen."""
    held = study.comparisons.filter(assignments__state="leased", assignments__purpose="rating")
    return not study.comparisons.regular().wanting_ratings().exists() and not held.exists()


def last_moved(study: Study) -> datetime:
    """When the last judgment came, or else when the study was opened."""
    judged: datetime | None = Judgment.objects.counted(study).aggregate(last=Max("submitted_at"))["last"]
    return judged or study.locked_at or study.created_at


def send(notice: StudyNotice) -> None:
    """One try; of two processes at once, one makes it."""
    taken = StudyNotice.objects.filter(pk=notice.pk, attempts=notice.attempts, sent_at=None)
    if not taken.update(attempts=F("attempts") + 1, not_before=timezone.now() + WAIT):
        return
    study, told = notice.study, StudyNotice.objects.filter(pk=notice.pk)
    page = settings.SITE_URL + reverse("dashboards:study", args=[study.slug])
    what = notice.get_kind_display()
    try:
        addresses = addresses_of(study)
        send_mail(f"[Assay] {study.slug}: {what}", f"{study.title}: {what}.\n\n{page}\n", None, addresses)
    except Exception as error:  # noqa: BLE001  whatever a mail server does, the study goes on
        logger.warning("%s could not be sent: %s", notice, error)
        told.update(error=str(error)[:500] or type(error).__name__)
    else:
        told.update(sent_at=timezone.now(), error="")


def addresses_of(study: Study) -> list[str]:
    """Of owners and editors; where nobody has a role, of who made it, or of those whom its plan tells of verdicts.

    Raises: LookupError if there is none.
    """
    members = study.members.filter(role__in=EDITORS, user__is_active=True)
    found = set(members.values_list("user__email", flat=True))
    if not study.members.exists():
        found = addresses_of_nobodys(study)
    if not found - {""}:
        raise LookupError("nobody of the study who could be told has an address")
    return sorted(found - {""})


def addresses_of_nobodys(study: Study) -> set[str]:
    """Of who made a study that has no members; a plan's has no maker either: the plan's own, else of who wrote it."""
    asked = RunStudy.objects.filter(study=study).select_related("run__version__created_by").first()
    if asked and asked.run.version.emails:
        return set(asked.run.version.emails)
    maker = asked.run.version.created_by if asked else study.created_by
    return {maker.email} if maker and maker.is_active else set()
