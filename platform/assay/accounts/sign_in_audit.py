"""Tells the audit log who came in, who was refused, who left, and whose password or second factor changed.

What was typed is kept nowhere: a refused sign-in names the account if there is one, and the address it came from.
"""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, password_reset, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db.models import Q
from django.dispatch import Signal, receiver
from django.http import HttpRequest

from assay.accounts.client_address import client_address
from assay.accounts.models import User
from promptsets.audit import audited

OWN_ACTS: dict[Signal, str] = {
    password_changed: "password.changed",
    password_reset: "password.reset",
    authenticator_added: "factor.added",
    authenticator_removed: "factor.removed",
    authenticator_reset: "factor.renewed",
}


def tell(action: str, request: HttpRequest, user: User | None, actor: User | None, **detail: str) -> None:
    detail["address"] = client_address(request)
    audited.send(User, actor=actor, action=action, target=user or User(), detail=detail)


@receiver(user_logged_in, dispatch_uid="audit_signed_in")
def signed_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    steps = get_authentication_records(request, user)
    tell(
        "person.signed_in",
        request,
        user,
        user,
        by=", ".join(step.get("type", step["method"]) for step in steps),
    )


@receiver(user_login_failed, dispatch_uid="audit_refused")
def refused(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """A wrong password, or a right one of somebody who is shut out."""
    if request is not None:
        tell("person.sign_in_refused", request, account_called(credentials), None, by="password")


def account_called(credentials: dict[str, Any]) -> User | None:
    typed = [str(credentials[name]) for name in ("username", "email") if credentials.get(name)]
    called = (Q(username__iexact=name) | Q(email__iexact=name) for name in typed)
    return User.objects.filter(next(called, Q(pk=None))).order_by("pk").first()


@receiver(authentication_failed, dispatch_uid="audit_factor_refused")
def factor_refused(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    tell("person.sign_in_refused", request, user, None, by=authenticator.type)


@receiver(user_logged_out, dispatch_uid="audit_signed_out")
def signed_out(sender: Any, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        tell("person.signed_out", request, user, user)


@receiver(list(OWN_ACTS), dispatch_uid="audit_own_act")
def acted(
    sender: Any,
    signal: Signal,
    request: HttpRequest,
    user: User,
    authenticator: Authenticator | None = None,
    **_: Any,
) -> None:
    kind = {"kind": authenticator.type} if authenticator else {}
    tell(OWN_ACTS[signal], request, user, user, **kind)


@receiver(authenticator_used, dispatch_uid="audit_recovery_code")
def used(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Apps and passkeys are told by the sign-in; a recovery code is told apart, for it is spent."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        tell("recovery_code.used", request, user, user)
