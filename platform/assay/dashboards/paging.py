"""Where a page of a long list begins, as its address says; and a page of rows that stand newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

LONGEST = 18  # digits, which fit into a key
PAGE = 50


@dataclass(frozen=True)
class Page:
    """Some rows, and the addresses of the pages around; "" where there is none."""

    rows: list[Any]
    first: str
    following: str


def newest_first(
    found: QuerySet[Any], asked: Mapping[str, str], name: str = "after", keep: tuple[str, ...] = ()
) -> Page:
    """The rows behind the key that the address names. keep: what else of the address stays in those of the pages.

    Raises: Http404 for no place, and for one behind which nothing comes.
    """
    start = place_in(asked.get(name, ""))
    rows = list((found.filter(pk__lt=start) if start else found).order_by("-pk")[: PAGE + 1])
    if start and not rows:
        raise Http404(_("No page begins there."))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    kept = {other: asked[other] for other in keep if other in asked and other != name}
    following = "?" + urlencode({**kept, name: rows[-1].pk}) if more else ""
    return Page(rows, "?" + urlencode(kept) if start else "", following)


def place_in(after: str, first: int = 0, longest: int = LONGEST) -> int:
    """The place behind which the page begins, `first` where the address names none. Raises: Http404 for no place."""
    if not after:
        return first
    if not after.isdecimal() or len(after) > longest:
        raise Http404(_("No page begins there."))
    return int(after)
