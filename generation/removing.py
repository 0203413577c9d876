"""Taking runs and checkpoints out of sight, or out of the database: only what nothing else depends on is deleted."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from generation.models import Checkpoint, GenerationRun, Registration, Response
from promptsets.audit import audited
from promptsets.removing import Dependent, put_away, refuse_needed, standing_on

OWN = (Response, Registration)  # parts of a checkpoint, which go with it, as files of automatic results do


def dependents(row: GenerationRun | Checkpoint) -> list[Dependent]:
    """All that the database protects this row for."""
    return standing_on(type(row)._base_manager.filter(pk=row.pk), OWN)


@transaction.atomic
def delete(row: GenerationRun | Checkpoint, actor: AbstractBaseUser | None = None) -> None:
    """Deletes the row with its parts; responses go with the last run that links them.

    Raises: ValueError naming what depends on it.
    """
    refuse_needed(row, dependents(row))
    detail = {"name": str(row)}
    audited.send(type(row), actor=actor, action=f"{subject(row)}.deleted", target=row, detail=detail)
    if isinstance(row, GenerationRun):
        linked = list(row.items.exclude(response=None).values_list("response_id", flat=True))
        row.delete()
        Response.objects.filter(pk__in=linked, run_items=None).delete()
    else:
        row.responses.all().delete()
        row.registrations.all().delete()
        row.delete()


def archive(
    row: GenerationRun | Checkpoint, *, archived: bool, actor: AbstractBaseUser | None = None
) -> None:
    """An archived row is offered nowhere any more; whatever stands on it stays."""
    put_away(row, subject(row), archived=archived, actor=actor)


def subject(row: GenerationRun | Checkpoint) -> str:
    """What the audit log calls it."""
    return "run" if isinstance(row, GenerationRun) else "checkpoint"
