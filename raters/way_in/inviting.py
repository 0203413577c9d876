"""Invitations: a link that lets raters into a study, of which only the digest is kept, and a code to come back with."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from promptsets.audit import audited
from raters.models import Enrolment, Invitation, Rater, Study
from raters.models.people import CODE_ALPHABET, new_code
from raters.way_in.steps import first_step

# What recruiting sites add to the link, kept with the enrolment and given back at the end.
KEPT = ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID", "assignmentId", "hitId", "workerId", "turkSubmitTo")
PEOPLE = ("PROLIFIC_PID", "workerId")  # which of them name the person
PREVIEW = {
    "assignmentId": "ASSIGNMENT_ID_NOT_AVAILABLE"
}  # MTurk: somebody looks at the task and has not accepted it
RETURN_CODE_LETTERS = 16  # 78 bits


class InvitationError(ValueError):
    """Why this link lets nobody in, in words for the one who followed it, and in one for the audit log."""

    def __init__(self, told: str, why: str = "", study: Study | None = None) -> None:
        super().__init__(told)
        self.why, self.study = why, study


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite(
    study: Study,
    *,
    label: str = "",
    uses: int = 1,
    days: int = 14,
    actor: AbstractBaseUser | None = None,
) -> str:
    """The token of a new link, which is shown once and kept nowhere."""
    token = secrets.token_urlsafe(24)
    ends = timezone.now() + timedelta(days=days)
    made = Invitation.objects.create(
        study=study, token_sha256=digest(token), label=label, max_uses=uses, expires_at=ends
    )
    detail = {
        "invitation": made.pk,
        "uses": uses,
        "days": days,
    }  # its label may name a person, whom logs outlast
    audited.send(Study, actor=actor, action="study.raters_invited", target=study, detail=detail)
    return token


def invitation_of(token: str) -> Invitation:
    """Raises: InvitationError if there is none, or it is over."""
    found = Invitation.objects.select_related("study__rubric").filter(token_sha256=digest(token)).first()
    why = "unknown" if found is None else over(found)
    if found is None or why:
        raise InvitationError(_("This link is not valid any more."), why, found.study if found else None)
    return found


def over(invitation: Invitation) -> str:
    """Why the link lets nobody in; "" while it may."""
    if invitation.expires_at < timezone.now():
        return "expired"
    return "finished" if invitation.study.status == Study.Status.CLOSED else ""


def is_preview(recruitment: dict[str, str]) -> bool:
    """Whether the recruiting site only shows the task: whoever began now would stand in the study under no name."""
    return recruitment.items() >= PREVIEW.items()


@transaction.atomic
def enrol(invitation: Invitation, recruitment: dict[str, str], rater: Rater | None = None) -> Enrolment:
    """Takes a use of the link for this rater, or for a new one.

    Raises: InvitationError if all uses are taken, or if the person that the recruiting site names has begun before.
    """
    # Two requests at once of one person: the second waits here, and finds that they have begun.
    Invitation.objects.select_for_update().get(pk=invitation.pk)
    study = invitation.study
    if rater and (before := Enrolment.objects.filter(study=study, rater=rater).first()):
        return before
    for name in PEOPLE:
        person = recruitment.get(name)
        if person and study.enrolments.filter(**{f"recruitment__{name}": person}).exists():
            raise InvitationError(_("You have begun this study before: use your code to come back."))
    unused = Invitation.objects.filter(pk=invitation.pk, uses__lt=F("max_uses"))
    if not unused.update(
        uses=F("uses") + 1
    ):  # one conditional UPDATE: of two at once, one takes the last use
        raise InvitationError(_("All places of this link are taken."), "used", study)
    return Enrolment.objects.create(
        study=study,
        rater=rater or new_rater(),
        invitation=invitation,
        step=first_step(study),
        recruitment=recruitment,
    )


def new_rater() -> Rater:
    """A rater known by nothing but a code, without a password: the session and the return code let them in."""
    code = new_code()
    return Rater.objects.create(user=get_user_model().objects.create_user(code.lower()), code=code)


def new_return_code(rater: Rater) -> str:
    """The code by which this rater comes back, shown once; an older one stops working."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(RETURN_CODE_LETTERS))
    Rater.objects.filter(pk=rater.pk).update(return_code_sha256=digest(code))
    return "-".join(code[at : at + 4] for at in range(0, RETURN_CODE_LETTERS, 4))


def rater_with(return_code: str) -> Rater | None:
    typed = "".join(letter for letter in return_code.upper() if letter in CODE_ALPHABET)
    if len(typed) != RETURN_CODE_LETTERS:
        return None
    return Rater.objects.filter(return_code_sha256=digest(typed), user__is_active=True).first()
