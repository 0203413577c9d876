"""Removes what is kept of persons for a time only, once the time is over. How long is the operator's to say."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from assay.accounts.models import ADDRESSES, AuditEvent, User
from assay.operations.personal_data.account_traces import sessions_of
from promptsets.models import PromptFile
from promptsets.trying import tried
from raters.models import Assignment, Enrolment, Invitation, Study


@transaction.atomic
def apply_retention() -> dict[str, int]:
    """Of how many rows of each kind something was taken. Safe to run twice."""
    now = timezone.now()
    return {what: take(now - timedelta(days=getattr(settings, days))) for what, (days, take) in RULES.items()}


def would_take() -> dict[str, int]:
    """What `apply_retention` would take now."""
    return tried(apply_retention)


def recruiting_ids(end: datetime) -> int:
    parts = Enrolment.objects.filter(study__in=finished_before(end)).exclude(recruitment={})
    return parts.update(recruitment={})


def labels_of_invitations(end: datetime) -> int:
    """Of links for one person: their labels are often names."""
    links = Invitation.objects.filter(study__in=finished_before(end), max_uses=1).exclude(label="")
    return links.update(label="")


def names_and_addresses(end: datetime) -> int:
    """Of raters. They can still sign in by their user name, and come back by their code."""
    users = raters_through_by(end)
    EmailAddress.objects.filter(user__in=users).delete()
    named = User.objects.filter(pk__in=users).exclude(email="", first_name="", last_name="")
    return named.update(email="", first_name="", last_name="")


def drafts(end: datetime) -> int:
    theirs = Assignment.objects.filter(comparison__study__in=finished_before(end)).exclude(draft={})
    return theirs.update(draft={})


def sessions(end: datetime) -> int:
    """Those that have ended, and those of raters who are through with all they took part in."""
    through = {str(key) for key in raters_through_by(end)}
    keys = [session.pk for session in sessions_of(through)]
    gone = Session.objects.filter(Q(pk__in=keys) | Q(expire_date__lt=timezone.now())).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()  # with addresses
    return gone


def audit_addresses(end: datetime) -> int:
    rows = AuditEvent.objects.filter(at__lt=end, detail__has_any_keys=sorted(ADDRESSES))
    return sum(row.without(ADDRESSES) for row in rows.iterator(chunk_size=1000))


def uploaded_files(end: datetime) -> int:
    return PromptFile.objects.filter(created_at__lt=end).delete()[0]


# What goes: the setting that says after how many days, and who takes it.
RULES: Mapping[str, tuple[str, Callable[[datetime], int]]] = {
    "IDs of recruiting sites": ("KEEP_CONTACTS_DAYS", recruiting_ids),
    "labels of invitations for one person": ("KEEP_CONTACTS_DAYS", labels_of_invitations),
    "raters' names and e-mail addresses": ("KEEP_CONTACTS_DAYS", names_and_addresses),
    "drafts": ("KEEP_DRAFTS_DAYS", drafts),
    "sessions": ("KEEP_DRAFTS_DAYS", sessions),
    "addresses in the audit log": ("KEEP_AUDIT_ADDRESSES_DAYS", audit_addresses),
    "uploaded files": ("KEEP_UPLOADS_DAYS", uploaded_files),
}


def finished_before(end: datetime) -> QuerySet[Study]:
    """Studies that ended by then: when one did stands in the audit log."""
    ends = AuditEvent.objects.filter(action="study.finished", target_type=Study._meta.label_lower)
    over = ends.values("target_id").annotate(last=Max("at")).filter(last__lt=end).order_by()
    keys = [int(row["target_id"]) for row in over]
    return Study.objects.filter(status=Study.Status.CLOSED, pk__in=keys)


def raters_through_by(end: datetime) -> list[int]:
    """Keys of users who rate, in studies that had all ended by then."""
    over = finished_before(end)
    going = Enrolment.objects.exclude(study__in=over).values("rater__user")
    through = User.objects.filter(role=User.Role.RATER, is_staff=False, is_superuser=False)
    through = through.filter(rater__enrolments__study__in=over).exclude(
        pk__in=going.exclude(rater__user=None)
    )
    return list(through.order_by("pk").values_list("pk", flat=True).distinct())
