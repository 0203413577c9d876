"""Pausing a rater's part in a study, and letting them go on: each with a reason that stands in the audit log."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from promptsets.audit import audited
from raters.models import Enrolment


@transaction.atomic
def pause(enrolment: Enrolment, reason: str, actor: AbstractBaseUser | None = None) -> None:
    """The rater gets nothing more, and nothing they send from now on counts; what they said before stands.

    Raises: ValueError without a reason, or if the rater is not at work.
    """
    move(enrolment, Enrolment.Status.ACTIVE, Enrolment.Status.PAUSED, reason)
    audited.send(Enrolment, actor=actor, action="rater.paused", target=enrolment, detail={"reason": reason})


@transaction.atomic
def release(enrolment: Enrolment, reason: str, actor: AbstractBaseUser | None = None) -> None:
    """Raises: ValueError without a reason, or if the rater is not paused."""
    move(enrolment, Enrolment.Status.PAUSED, Enrolment.Status.ACTIVE, reason)
    audited.send(Enrolment, actor=actor, action="rater.released", target=enrolment, detail={"reason": reason})


def move(enrolment: Enrolment, before: str, after: str, reason: str) -> None:
    if not reason.strip():
        raise ValueError("give a reason: somebody may ask for it later")
    kept = reason.strip()[:500] if after == Enrolment.Status.PAUSED else ""
    if not Enrolment.objects.filter(pk=enrolment.pk, status=before).update(status=after, pause_reason=kept):
        raise ValueError(f"{enrolment} is not {before}")
