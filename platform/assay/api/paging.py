"""Long lists in pages, by cursor: the last page is as fast as the first, and new rows move nothing."""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Query, Schema
from pydantic import Field

from assay.api.problems import FieldProblem, Refused

Item = TypeVar("Item")
MOST, USUAL = 1000, 100
After = Annotated[str, Query(max_length=40, description="The `next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Items on a page, at most")]


class Page(Schema, Generic[Item]):
    """Some items in a lasting order."""

    items: list[Item]
    next: str | None = Field(description="Where the next page begins; null on the last")


def page_of(
    rows: QuerySet[Any], after: str, limit: int, item: Callable[[Any], Any], by: str = "pk"
) -> dict[str, Any]:
    """The page behind the cursor `after`, in the order of the whole number `by`. Raises: Refused for no cursor."""
    ordered = rows.filter(**{f"{by}__gt": position(after)}) if after else rows
    found = list(ordered.order_by(by)[: limit + 1])
    shown = found[:limit]
    following = cursor(getattr(shown[-1], by)) if len(found) > limit else None
    return {"items": [item(row) for row in shown], "next": following}


def cursor(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=")


def position(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if text.isdigit() and len(text) <= 18:
            return int(text)
    except (binascii.Error, ValueError):
        pass
    told = "is not the `next` of a page: leave it out to begin at the start"
    raise Refused(f"after {told}", [FieldProblem(field="after", message=told)])
