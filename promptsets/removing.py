"""Taking rows out of sight, and telling what stands on them; a prompt set that nothing uses can be deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import PROTECT, Model, QuerySet
from django.utils import timezone

from promptsets.audit import audited
from promptsets.models import PromptSet, PromptSetVersion

SHOWN = 10


@dataclass(frozen=True)
class Dependent:
    """Rows of one kind that would lose what they stand on: how many, and those of them that may be named."""

    n: int
    rows: QuerySet[Any]

    @property
    def kind(self) -> str:
        return str(self.rows.model._meta.verbose_name_plural)

    def __str__(self) -> str:
        return f"{self.n} {self.rows.model._meta.verbose_name if self.n == 1 else self.kind}"

    @property
    def names(self) -> list[str]:
        return [str(one) for one in self.rows[:SHOWN]]


def standing_on(
    rows: QuerySet[Any],
    own: tuple[type[Model], ...] = (),
    on_delete: tuple[Callable[..., Any], ...] = (PROTECT,),
) -> list[Dependent]:
    """What points to any of these rows by such a key, or lists one of them, whichever part of the site it belongs to.

    `own` are the models whose rows are parts of these and go with them. Rows that a worker makes again, as their models
    say by `is_derived`, are nobody's loss.
    """
    found = []
    relations: list[Any] = list(rows.model._meta.get_fields(include_hidden=True))
    for relation in relations:
        if not relation.auto_created or relation.concrete or relation.related_model in own:
            continue
        if getattr(relation.related_model, "is_derived", False):
            continue
        if not relation.many_to_many and relation.on_delete not in on_delete:
            continue
        there = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
        if n := there.distinct().count():
            found.append(Dependent(n, there.distinct()))
    return sorted(found, key=lambda one: one.kind)


def refuse_needed(row: Model, found: list[Dependent]) -> None:
    """Raises: ValueError naming what depends on the row, if anything does."""
    if found:
        what = ", ".join(map(str, found))
        depend = "depends" if sum(one.n for one in found) == 1 else "depend"
        raise ValueError(f"{row} cannot be deleted: {what} {depend} on it; archive it instead")


def put_away(row: Any, subject: str, *, archived: bool, actor: AbstractBaseUser | None) -> None:
    """Archives the row or brings it back, and tells it as `<subject>.archived` or `.brought_back`; once."""
    if (row.archived_at is not None) == archived:
        return
    row.archived_at = timezone.now() if archived else None
    row.save(update_fields=["archived_at"])
    action = f"{subject}.{'archived' if archived else 'brought_back'}"
    audited.send(type(row), actor=actor, action=action, target=row, detail={})


def dependents(row: PromptSet) -> list[Dependent]:
    """Runs, studies and plans over any version of the set."""
    return standing_on(PromptSetVersion._base_manager.filter(prompt_set=row))


@transaction.atomic
def delete(row: PromptSet, actor: AbstractBaseUser | None = None) -> None:
    """Deletes the set with its versions and their prompts. Raises: ValueError naming what depends on it."""
    versions = PromptSetVersion._base_manager.filter(prompt_set=row)
    list(versions.select_for_update())  # whoever plans a run at the same time comes before or after
    refuse_needed(row, dependents(row))
    detail = {"title": row.title, "versions": versions.count()}
    audited.send(PromptSet, actor=actor, action="promptset.deleted", target=row, detail=detail)
    # By the base manager: a version stays frozen after the last run over it was deleted, and nothing needs it then.
    versions.delete()
    row.delete()


def archive(row: PromptSet, *, archived: bool, actor: AbstractBaseUser | None = None) -> None:
    """An archived set is offered nowhere any more; whatever stands on it stays."""
    put_away(row, "promptset", archived=archived, actor=actor)
