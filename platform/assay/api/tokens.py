"""Tokens: made and shown once, looked up by digest, revoked; making and revoking stand in the audit log."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assay.accounts.models import User
from assay.api.models import ApiToken
from assay.api.scopes import SCOPES
from promptsets.audit import audited
from promptsets.refusals import FieldError

PREFIX, HINT = "assay_", 12  # a prefix by which scanners for leaked secrets find one
MOST_DAYS = 366
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class NewToken:
    """The stored token, and its secret, which nobody can be shown again."""

    token: ApiToken
    secret: str


@transaction.atomic
def make_token(user: User, name: str, scopes: Sequence[str], days: int, actor: User | None) -> NewToken:
    """A token of this person. Raises: FieldError naming what cannot be."""
    if not user.plans_studies:
        raise FieldError("user", _("The API is for researchers and administrators; this person is a rater."))
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        told = _("%(scope)s is no scope; they are %(known)s")
        raise FieldError("scopes", told % {"scope": unknown[0], "known": ", ".join(SCOPES)})
    if not scopes:
        raise FieldError("scopes", _("Choose at least one scope: a token without any opens nothing."))
    if not 1 <= days <= MOST_DAYS:
        raise FieldError("days", _("A token is good for 1 to %(most)s days.") % {"most": MOST_DAYS})
    if not name.strip():
        raise FieldError("name", _("Give the token a name, by which you know it again."))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name.strip()[:100],
        token_sha256=digest(secret),
        hint=secret[:HINT],
        scopes=[scope for scope in SCOPES if scope in scopes],
        expires_at=timezone.now() + timedelta(days=days),
    )
    detail = {"of": str(user), "scopes": token.scopes, "days": days}
    audited.send(ApiToken, actor=actor, action="token.made", target=token, detail=detail)
    return NewToken(token, secret)


def digest(secret: str) -> str:
    """SHA-256: enough for 256 random bits, which nobody can guess from it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_with(secret: str) -> ApiToken | None:
    """The usable token of that secret, noted as used."""
    found = ApiToken.objects.usable().select_related("user").filter(token_sha256=digest(secret)).first()
    if found is None or not found.user.plans_studies:
        return None
    now = timezone.now()
    long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
    ApiToken.objects.filter(long_ago, pk=found.pk).update(last_used_at=now)
    return found


@transaction.atomic
def revoke(token: ApiToken, actor: User | None) -> bool:
    """Ends the token now; whether it had not been ended before."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    audited.send(ApiToken, actor=actor, action="token.revoked", target=token, detail={"of": str(token.user)})
    return True
