"""Keeps what is frozen from being changed or deleted through the models, by whichever way."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class FrozenError(ValidationError):
    """A frozen version, or a prompt of one, was to be changed: a changed prompt needs a new version."""


class FrozenGuardQuerySet(models.QuerySet):
    """A QuerySet that refuses to write to rows which `frozen()` finds, and to add rows to what is frozen."""

    def frozen(self) -> "FrozenGuardQuerySet":
        raise NotImplementedError

    def refuse_new(self, objs: list[Any]) -> None:
        """Raises FrozenError if one of these new rows belongs to something frozen."""

    def refuse_frozen(self, doing: str) -> None:
        """Raises FrozenError, naming the first, if any row of this QuerySet is frozen."""
        if (first := self.frozen().first()) is not None:
            raise FrozenError(
                f"{first} is frozen: {doing} is refused. Import the changed prompts as a new version."
            )

    def update(self, **kwargs: Any) -> int:
        self.refuse_frozen("changing it")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self.refuse_frozen("deleting it")
        return super().delete()

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        objs = list(objs)
        self.refuse_new(objs)
        self._stored(objs).refuse_frozen("changing it")
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        objs = list(objs)
        self.refuse_new(objs)
        self._stored(objs).refuse_frozen("changing it")
        return super().bulk_update(objs, *args, **kwargs)

    def _stored(self, objs: list[Any]) -> "FrozenGuardQuerySet":
        stored = [obj.pk for obj in objs if obj.pk is not None]
        rows: FrozenGuardQuerySet = self.model._default_manager.filter(pk__in=stored)  # type: ignore[assignment]
        return rows
