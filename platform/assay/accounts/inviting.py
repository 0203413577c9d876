"""Bringing people in: a link by e-mail, good once and for a week, by which somebody becomes a user; and their roles."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core.mail import get_connection, send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assay.accounts.models import StaffInvitation, User
from promptsets.audit import audited
from promptsets.refusals import FieldError

logger = logging.getLogger(__name__)

GOOD_FOR = timedelta(days=7)
ANSWER_S = 10  # for which a mail server may keep an administrator waiting
LONGEST_TOLD = 200


@dataclass(frozen=True)
class NewInvitation:
    """The stored invitation, and the token of its link, which is kept nowhere."""

    invitation: StaffInvitation
    token: str


def staff() -> QuerySet[User]:
    """All who sign in by name."""
    return User.objects.exclude(role=User.Role.RATER, is_staff=False, is_superuser=False)


def unanswered() -> QuerySet[StaffInvitation]:
    """Invitations that nobody has followed or withdrawn, over or not."""
    return StaffInvitation.objects.filter(accepted_at=None, withdrawn_at=None)


@transaction.atomic
def invite_person(email: str, role: str, actor: User) -> NewInvitation:
    """A link for this address, to be sent by whoever asks.

    Raises: FieldError if somebody signs in with this address already, or was invited and has not answered.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise FieldError("email", _("Somebody signs in with this e-mail address already."))
    if any(before.is_open for before in StaffInvitation.objects.filter(email__iexact=email)):
        raise FieldError("email", _("This person is invited already: withdraw that invitation first."))
    token = secrets.token_urlsafe(32)
    made = StaffInvitation.objects.create(
        email=email,
        role=role,
        token_sha256=digest(token),
        invited_by=actor,
        expires_at=timezone.now() + GOOD_FOR,
    )
    detail = {"email": email, "role": role}
    audited.send(StaffInvitation, actor=actor, action="person.invited", target=made, detail=detail)
    return NewInvitation(made, token)


def send_invitation(invitation: StaffInvitation, address: str) -> str:
    """Why it could not be sent; "" once it is. address: the whole address of the page that the link opens."""
    subject = _("You are invited to Assay")
    text = _(
        "%(who)s invites you to Assay as %(role)s.\n\nOpen this link within a week to choose a name and a password; "
        "it works once:\n\n%(address)s\n\nIf you did not expect this, do nothing: no account is made.\n"
    )
    values = {"who": invitation.invited_by, "role": invitation.get_role_display(), "address": address}
    try:
        send_mail(
            subject, text % values, None, [invitation.email], connection=get_connection(timeout=ANSWER_S)
        )
    except Exception as error:  # noqa: BLE001  whatever a mail server does, the link is made and is to be shown
        # Its text may hold the address, which the log outlasts.
        logger.warning("An invitation could not be sent: %s", type(error).__name__)
        return str(error)[:LONGEST_TOLD] or type(error).__name__
    return ""


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_with(token: str) -> StaffInvitation | None:
    """The one of that link, open or over."""
    return StaffInvitation.objects.filter(token_sha256=digest(token)).first()


@transaction.atomic
def accept(invitation: StaffInvitation, user: User) -> User | None:
    """Stores the new user with the role and address of the invitation; None if somebody was faster with the link."""
    found = StaffInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not found.is_open:
        return None
    user.email, user.role = found.email, found.role
    user.save()
    found.accepted_by, found.accepted_at = user, timezone.now()
    found.save(update_fields=["accepted_by", "accepted_at"])
    audited.send(User, actor=user, action="person.joined", target=user, detail={"role": user.role})
    return user


@transaction.atomic
def withdraw(invitation: StaffInvitation, actor: User) -> bool:
    """Ends the link; whether it was open."""
    found = StaffInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not found.is_open:
        return False
    found.withdrawn_at = timezone.now()
    found.save(update_fields=["withdrawn_at"])
    audited.send(StaffInvitation, actor=actor, action="person.uninvited", target=found, detail={})
    return True


@transaction.atomic
def change_person(person: User, role: str, is_active: bool, actor: User) -> None:
    """Gives the person another role, or shuts them out or lets them in again.

    Raises: ValueError for oneself, for a role that there is not, and for a rater who would see names.
    """
    found = User.objects.select_for_update().get(pk=person.pk)
    before = {"role": found.role, "is_active": found.is_active}
    if found == actor:
        raise ValueError(_("Another administrator changes your own role."))
    if role not in User.Role.values:
        raise ValueError(f"role is {role!r}; it must be one of {', '.join(User.Role.values)}")
    if role != User.Role.RATER and hasattr(found, "rater") and found.rater.enrolments.exists():
        raise ValueError(_("This person rates in a study: whoever may see names never does both."))
    after = {"role": role, "is_active": is_active}
    if before != after:
        User.objects.filter(pk=found.pk).update(**after)
        detail = {"before": before, "after": after}
        audited.send(User, actor=actor, action="person.changed", target=found, detail=detail)
