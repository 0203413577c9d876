"""Which groups of people may be told apart in a table: none of fewer than five, and none that a subtraction gives."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

FEWEST_PEOPLE = 5
Key = TypeVar("Key", bound=Hashable)


def groups_to_tell(sizes: Mapping[Key, int], fewest: int = FEWEST_PEOPLE) -> tuple[tuple[Key, ...], ...]:
    """The groups that may be shown, each one or several of the given ones, largest first; the merged one comes last.

    Args: sizes: people in each group. They must be everybody in the total that stands beside the table: those who did
        not answer are a group like any other, or the rest would be the total less what is shown.
    Groups under the floor are merged; while what is merged is under it too, the smallest of the others joins. Where
    only one group is left there is nothing to tell that the total does not say, and the result is empty.
    """
    there = {key: size for key, size in sizes.items() if size}
    order = sorted(there, key=lambda key: (-there[key], str(key)))
    alone = [key for key in order if there[key] >= fewest]
    together = [key for key in order if there[key] < fewest]
    while together and alone and sum(there[key] for key in together) < fewest:
        together.append(alone.pop())
    told = [(key,) for key in alone] + ([tuple(together)] if together else [])
    return tuple(told) if len(told) > 1 else ()
