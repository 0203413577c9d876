"""Taking runs and checkpoints out of sight, or out of the database: only what nothing else depends on is deleted."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import PROTECT
from django.utils import timezone

from generation.models import Checkpoint, GenerationRun, Registration, Response
from promptsets.audit import audited

OWN = (Response, Registration)  # parts of a checkpoint, which go with it, as files of automatic results do
SHOWN = 10


@dataclass(frozen=True)
class Dependent:
    """Rows of one kind that would lose what they stand on: how many, and the names of the first."""

    kind: str
    n: int
    names: tuple[str, ...]


def dependents(row: GenerationRun | Checkpoint) -> list[Dependent]:
    """All that the database protects this row for, whichever part of the site it belongs to."""
    found = []
    for relation in row._meta.related_objects:
        if relation.on_delete is not PROTECT or relation.related_model in OWN:
            continue
        rows = relation.related_model._base_manager.filter(**{relation.field.name: row})
        if n := rows.count():
            names = tuple(str(one) for one in rows[:SHOWN])
            found.append(Dependent(str(relation.related_model._meta.verbose_name_plural), n, names))
    return found


@transaction.atomic
def delete(row: GenerationRun | Checkpoint, actor: AbstractBaseUser | None = None) -> None:
    """Deletes the row with its parts; responses go with the last run that links them.

    Raises: ValueError naming what depends on it.
    """
    if found := dependents(row):
        what = ", ".join(f"{one.n} {one.kind}" for one in found)
        raise ValueError(f"{row} cannot be deleted: {what} depend on it; archive it instead")
    detail = {"name": str(row)}
    action = f"{'run' if isinstance(row, GenerationRun) else 'checkpoint'}.deleted"
    audited.send(type(row), actor=actor, action=action, target=row, detail=detail)
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
    if (row.archived_at is not None) == archived:
        return
    row.archived_at = timezone.now() if archived else None
    row.save(update_fields=["archived_at"])
    name = "run" if isinstance(row, GenerationRun) else "checkpoint"
    action = f"{name}.{'archived' if archived else 'brought_back'}"
    audited.send(type(row), actor=actor, action=action, target=row, detail={})
