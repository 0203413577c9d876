"""A dry run that cannot differ from the real one: it is the real one, taken back."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

T = TypeVar("T")


def tried(act: Callable[[], T]) -> T:
    """What `act` would give; the database is as before, and what waits for the commit is never done."""
    with transaction.atomic():
        found = act()
        transaction.set_rollback(True)
    return found
