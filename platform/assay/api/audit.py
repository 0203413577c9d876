"""The audit log for administrators' programs, by the filters of its page."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router, Schema
from pydantic import Field

from assay.accounts.audit_log import actions, fitting
from assay.accounts.models import AuditEvent
from assay.api.authentication import AdministratorsToken, ApiRequest
from assay.api.fields import Day, ShortText
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from promptsets.refusals import FieldError

router = Router(tags=["people"])
Word = Annotated[ShortText, Field(min_length=1)]


class AuditFilters(Schema):
    """Each leaves only what fits; days are those of UTC, both ends included."""

    who: Word | None = Field(default=None, description="User name of whoever did it")
    action: Word | None = Field(
        default=None, description="Such as study.locked; another is refused with all known"
    )
    target: Word | None = Field(default=None, description="Held by the name of what it was done to")
    since: Day | None = None
    until: Day | None = None


class AuditEventOut(Schema):
    id: int
    at: datetime
    actor: str | None = Field(description="User name; null for a command, a worker or a stranger")
    action: str
    target_type: str
    target_id: str
    target: str
    detail: dict[str, Any]


@router.get(
    "", auth=AdministratorsToken("people:read"), response=Page[AuditEventOut], summary="Read the audit log"
)
def list_audit_events(
    request: ApiRequest, filters: Query[AuditFilters], after: After = "", limit: Limit = 100
) -> dict[str, Any]:
    """The oldest first: to follow it, keep the last cursor."""
    asked = filters.model_dump(exclude_none=True)
    with refusals():
        check(asked)
    return page_of(fitting(asked).select_related("actor"), after, limit, audit_event_out)


def check(asked: dict[str, Any]) -> None:
    """Raises: FieldError for an action that nobody ever did: a misspelt one would else find nothing."""
    known = list(actions())
    if (action := asked.get("action")) and action not in known:
        raise FieldError("action", f"action is {action!r}; it is one of {', '.join(known)}")


def audit_event_out(row: AuditEvent) -> dict[str, Any]:
    fields = ("at", "action", "target_type", "target_id", "target", "detail")
    actor = row.actor.username if row.actor else None
    return {name: getattr(row, name) for name in fields} | {"id": row.pk, "actor": actor}
