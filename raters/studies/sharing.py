"""Who works on a study: owners share it and take it back; each change stands in the audit log."""

from typing import Any

from django.db import transaction

from promptsets.audit import audited
from raters.models import Study, StudyMember
from raters.studies.roles import Role


@transaction.atomic
def share(study: Study, user: Any, role: str, actor: Any = None) -> StudyMember:
    """Gives this person that role in the study, in place of the one they had.

    Raises: ValueError if they plan no studies, for a role that there is not, or if no owner would be left.
    """
    Study.objects.select_for_update().get(
        pk=study.pk
    )  # of two changes at once, the second counts owners anew
    if role not in Role.values:
        raise ValueError(f"role is {role!r}; it must be one of {', '.join(Role.values)}")
    if not user.plans_studies:
        raise ValueError(f"{user} is a rater: invite raters by a link; researchers work on studies")
    first = not study.members.exists()
    if first and role != Role.OWNER:
        raise ValueError(f"{study.slug} has no owner yet: make one before others join")
    if role != Role.OWNER:
        _keep_an_owner(study, user)
    member, _ = StudyMember.objects.update_or_create(study=study, user=user, defaults={"role": role})
    _tell(study, "study.shared", user, role, actor)
    return member


@transaction.atomic
def unshare(study: Study, user: Any, actor: Any = None) -> None:
    """Takes this person's role away. Raises: ValueError if they have none, or if no owner would be left."""
    Study.objects.select_for_update().get(pk=study.pk)
    member = study.members.filter(user=user).first()
    if member is None:
        raise ValueError(f"{user} has no role in {study.slug}")
    _keep_an_owner(study, user)
    member.delete()
    _tell(study, "study.unshared", user, member.role, actor)


def _keep_an_owner(study: Study, without: Any) -> None:
    owners = study.members.filter(role=Role.OWNER)
    if owners.filter(user=without).exists() and owners.count() == 1:
        raise ValueError(f"{without} is the only owner of {study.slug}: make another one first")


def _tell(study: Study, action: str, user: Any, role: str, actor: Any) -> None:
    audited.send(Study, actor=actor, action=action, target=study, detail={"user": str(user), "role": role})
