"""What a person left behind by signing in and in logs, and what takes its place.

Each function says how many rows it emptied or removed.
"""

from collections.abc import Iterator

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Model, Q

from assay.accounts.models import AuditEvent, StaffInvitation, User
from assay.operations.personal_data.person import Person
from raters.models import Message


def sessions_of(users: set[str]) -> Iterator[Session]:
    """The sessions of users with these keys. A session names its user inside, so each has to be opened."""
    for session in Session.objects.iterator(chunk_size=1000):
        if session.get_decoded().get("_auth_user_id") in users:
            yield session


def sessions(person: Person) -> int:
    keys = [session.pk for session in sessions_of({str(person.user.pk)})] if person.user else []
    return Session.objects.filter(pk__in=keys).delete()[0]


def ways_to_sign_in(person: Person) -> int:
    """E-mail addresses, second factors, tokens, files sent: whatever would go with the user. The user stays, empty."""
    if not person.user:
        return 0
    return sum(
        relation.related_model._base_manager.filter(**{relation.field.name: person.user}).delete()[0]
        for relation in User._meta.related_objects
        if relation.on_delete is models.CASCADE and not relation.field.many_to_many
    )


def invitations_by_mail(person: Person) -> int:
    return StaffInvitation.objects.filter(accepted_by=person.user).delete()[0] if person.user else 0


def audit_entries(person: Person) -> int:
    """What was done and when stays; names, addresses and reasons go."""
    rows = AuditEvent.objects.filter(about(person) | by(person))
    named = {(row._meta.label_lower, str(row.pk)): str(row) for row in objects_of(person)}
    return sum(row.without(target=named.get((row.target_type, row.target_id))) for row in rows)


def by(person: Person) -> Q:
    return Q(actor=person.user) if person.user else Q(pk=None)


def about(person: Person) -> Q:
    found = Q(pk=None)
    for row in objects_of(person):
        found |= Q(target_type=row._meta.label_lower, target_id=str(row.pk))
    return found


def administration_log(person: Person) -> int:
    """What the administration's own log calls the person."""
    found = Q(pk=None)
    for row in objects_of(person):
        found |= Q(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    return LogEntry.objects.filter(found).update(object_repr=person.rater.code, change_message="")


def objects_of(person: Person) -> list[Model]:
    """The rows that logs may name, as they are called now."""
    theirs = Message.objects.filter(rater=person.rater).select_related("rater")
    return [person.rater, *person.parts, *theirs, *([person.user] if person.user else [])]
