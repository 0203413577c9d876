"""Bringing people in: a link by e-mail, good once and for a week, by which somebody becomes a user; and their roles."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assay.accounts.models import StaffInvitation, User
from promptsets.audit import audited
from promptsets.refusals import FieldError

GOOD_FOR = timedelta(days=7)


@transaction.atomic
def invite_person(email: str, role: str, address_of: Callable[[str], str], actor: User) -> StaffInvitation:
    """Sends the link once the invitation is kept. address_of: the whole address of the page for a token.

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
    transaction.on_commit(lambda: send_invitation(made, address_of(token)))
    return made


def send_invitation(invitation: StaffInvitation, address: str) -> None:
    subject = _("You are invited to Assay")
    text = _(
        "%(who)s invites you to Assay as %(role)s.\n\nOpen this link within a week to choose a name and a password; "
        "it works once:\n\n%(address)s\n\nIf you did not expect this, do nothing: no account is made.\n"
    )
    values = {"who": invitation.invited_by, "role": invitation.get_role_display(), "address": address}
    send_mail(subject, text % values, settings.DEFAULT_FROM_EMAIL, [invitation.email])


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_with(token: str) -> StaffInvitation | None:
    found = StaffInvitation.objects.filter(token_sha256=digest(token)).first()
    return found if found and found.is_open else None


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
