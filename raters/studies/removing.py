"""Taking studies out of sight, or out of the database: only a draft on which nobody has begun is deleted."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import CASCADE, PROTECT

from promptsets.audit import audited
from promptsets.removing import Dependent, put_away, refuse_needed, standing_on
from raters.models import Comparison, Invitation, Study, StudyArm, StudyMember, StudyNotice

# Parts of a draft, which go with it. Whatever else points to a study says that somebody has begun on it.
OWN = (StudyArm, Comparison, Invitation, StudyMember, StudyNotice)


def dependents(study: Study) -> list[Dependent]:
    """Raters, their work, versions that follow it, evaluations and reports: all that would lose their study."""
    of_study = standing_on(Study._base_manager.filter(pk=study.pk), OWN, (PROTECT, CASCADE))
    return [*of_study, *standing_on(study.comparisons.all())]


def kept_for(study: Study) -> str:
    """Why this study is never deleted; "" for a draft."""
    return "" if study.status == Study.Status.DRAFT else f"it is {study.status}, and only a draft is deleted"


@transaction.atomic
def delete(study: Study, actor: AbstractBaseUser | None = None) -> None:
    """Deletes a draft with its arms and comparisons; runs and prompts stay.

    Raises: ValueError if its design is locked, or naming what depends on it.
    """
    found = Study.objects.select_for_update().get(pk=study.pk)
    if why := kept_for(found):
        raise ValueError(f"{found.slug} cannot be deleted: {why}; archive it instead")
    refuse_needed(found, dependents(found))
    detail = {"slug": found.slug, "version": found.version}
    audited.send(Study, actor=actor, action="study.deleted", target=found, detail=detail)
    found.comparisons.all().delete()  # before the arms that they protect
    found.delete()


@transaction.atomic
def archive(study: Study, *, archived: bool, actor: AbstractBaseUser | None = None) -> None:
    """An archived study is listed nowhere any more; its numbers count where they did.

    Raises: ValueError while it collects: nobody watches over what is out of sight.
    """
    found = Study.objects.select_for_update().get(pk=study.pk)
    if archived and found.status == Study.Status.COLLECTING:
        raise ValueError(f"{found.slug} is collecting: pause or finish it, then archive it")
    put_away(found, "study", archived=archived, actor=actor)
    study.archived_at = found.archived_at


def refuse_archived(study: Study) -> None:
    """Raises: ValueError if it is archived: what raters work on stands in the lists."""
    if study.archived_at:
        raise ValueError(f"{study.slug} is archived: bring it back first")
