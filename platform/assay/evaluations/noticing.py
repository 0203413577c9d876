"""E-mails to the people of a study when it is complete, has stalled for a day or holds comparisons: each once."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone

from raters.models import Comparison, Judgment, Study, StudyNotice
from raters.studies.roles import EDITORS

logger = logging.getLogger(__name__)
QUIET_FOR = timedelta(days=1)
TRIES, WAIT = 6, timedelta(minutes=10)
Kind = StudyNotice.Kind


def notice_all() -> None:
    """Writes down what has come about in studies of people, then sends what is due. Safe to run twice."""
    for study in Study.objects.filter(status=Study.Status.COLLECTING, simulation__isnull=True):
        for kind in worth_telling(study):
            StudyNotice.objects.get_or_create(study=study, kind=kind)
    due = StudyNotice.objects.filter(sent_at=None, attempts__lt=TRIES, not_before__lte=timezone.now())
    for notice in due.select_related("study"):
        send(notice)


def worth_telling(study: Study) -> Iterator[str]:
    regular = study.comparisons.regular()
    if regular.filter(status=Comparison.Status.HELD).exists():
        yield Kind.HELD
    shown = regular.filter(status=Comparison.Status.OPEN)
    if not shown.exists():
        return
    if is_complete(study):
        yield Kind.FINISHED
    elif last_moved(study) < timezone.now() - QUIET_FOR:
        yield Kind.STALLED


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
    if addresses := addresses_of(study):
        page = settings.SITE_URL + reverse("dashboards:study", args=[study.slug])
        what = notice.get_kind_display()
        try:
            send_mail(f"[Assay] {study.slug}: {what}", f"{study.title}: {what}.\n\n{page}\n", None, addresses)
        except Exception as error:  # noqa: BLE001  whatever a mail server does, the study goes on
            logger.warning("%s could not be sent: %s", notice, error)
            told.update(error=str(error)[:500] or type(error).__name__)
            return
    told.update(sent_at=timezone.now(), error="")


def addresses_of(study: Study) -> list[str]:
    """Of owners and editors; of who made it, where nobody has a role."""
    members = study.members.filter(role__in=EDITORS, user__is_active=True)
    found = set(members.values_list("user__email", flat=True))
    if not study.members.exists() and study.created_by:
        found = {study.created_by.email}
    return sorted(found - {""})
