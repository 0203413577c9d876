"""The size of the rater's window, as the page's script tells it, so that what is said on a phone can be seen apart."""

import re
from typing import NamedTuple

SMALLEST, LARGEST = 100, 16_384  # no screen that a page is read on is smaller or larger


class Viewport(NamedTuple):
    """In CSS pixels."""

    width: int
    height: int


def viewport_of(told: str) -> Viewport | None:
    """Of a text such as "390x844". None for anything else: no answer is lost for what is beside the point of it."""
    found = re.fullmatch(r"([1-9][0-9]{2,4})x([1-9][0-9]{2,4})", told, re.ASCII)
    sizes = [int(size) for size in found.groups()] if found else []
    return Viewport(*sizes) if sizes and min(sizes) >= SMALLEST and max(sizes) <= LARGEST else None
