"""What raters flag and ask in a study, and the team's replies; language models that judge beside them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, Id, ShortText, Slug, Text
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from assay.api.studies import changeable, visible
from assay.reports.judges import reading_of
from generation.naming import checkpoint_named
from generation.sampling import Sampling
from raters.care.inbox import answer, close, hold_item
from raters.judges.asking import JUDGING, ask
from raters.models import JudgeRun, Message, Study

router = Router(tags=["study quality"])


class ReplyOut(Schema):
    by_team: bool
    text: str
    created_at: datetime


class MessageOut(Schema):
    id: int
    kind: str
    state: str
    rater: str
    prompt: str | None = Field(description="Key of the prompt it is about; null: none")
    text: str
    created_at: datetime
    replies: list[ReplyOut]


class ReplyIn(Body):
    text: Annotated[Text, Field(min_length=1, description="The rater reads it; no arm may be named")]


class JudgeIn(Body):
    checkpoint: ShortText = Field(description="Name of the language model that judges")
    max_new_tokens: Annotated[int, Field(ge=1, le=32_768)] = JUDGING.max_new_tokens


class JudgeOut(Schema):
    """A language model asked about a study, in both orders, kept apart from people."""

    id: int
    checkpoint: str
    template: int
    asked: int
    read: int
    unreadable: int


@router.get("/{slug}/messages", auth=Token(), response=Page[MessageOut], summary="What raters flag and ask")
def list_messages(
    request: ApiRequest,
    slug: Slug,
    state: Annotated[Literal["open", "answered", "closed"] | None, Query()] = None,
    kind: Annotated[Literal["flag", "question"] | None, Query()] = None,
    rater: Annotated[ShortText | None, Query(description="Only the one's of this code")] = None,
    after: After = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    wanted = {"state": state, "kind": kind, "rater__code": rater}
    asked = {name: value for name, value in wanted.items() if value is not None}
    rows = (
        visible(request, slug)
        .messages.filter(**asked)
        .select_related("rater", "assignment__comparison__prompt")
    )
    return page_of(rows.prefetch_related("replies"), after, limit, message_out)


@router.post(
    "/{slug}/messages/{id}/reply",
    auth=Token("studies:write"),
    response=MessageOut,
    summary="Reply to a rater",
)
def reply_to_message(request: ApiRequest, slug: Slug, id: Id, payload: ReplyIn) -> dict[str, Any]:  # noqa: A002
    message = message_or_404(changeable(request, slug), id)
    with refusals():
        answer(message, payload.text, request.user)
    return message_out(message_or_404(message.study, id))


@router.post(
    "/{slug}/messages/{id}/close",
    auth=Token("studies:write"),
    response=MessageOut,
    summary="Close a message",
)
def close_message(request: ApiRequest, slug: Slug, id: Id) -> dict[str, Any]:  # noqa: A002
    message = message_or_404(changeable(request, slug), id)
    close(message, request.user)
    return message_out(message_or_404(message.study, id))


@router.post(
    "/{slug}/messages/{id}/hold",
    auth=Token("studies:write"),
    response=MessageOut,
    summary="Hold the comparison that a message is about",
)
def hold_for_message(request: ApiRequest, slug: Slug, id: Id) -> dict[str, Any]:  # noqa: A002
    message = message_or_404(changeable(request, slug), id)
    with refusals():
        hold_item(message, request.user)
    return message_out(message_or_404(message.study, id))


@router.get("/{slug}/judges", auth=Token(), response=list[JudgeOut], summary="Language models that judge")
def list_judges(request: ApiRequest, slug: Slug) -> list[dict[str, Any]]:
    """Their numbers stand in the study's reports, in slices of their own."""
    return [
        judge_out(one)
        for one in visible(request, slug).judge_runs.select_related("checkpoint", "rater", "run")
    ]


@router.post(
    "/{slug}/judges", auth=Token("studies:write"), response={201: JudgeOut}, summary="Ask a language model"
)
def ask_judge(request: ApiRequest, slug: Slug, payload: JudgeIn) -> Status[dict[str, Any]]:
    """About every open comparison, in both orders. Asked again, it is asked about what has come since."""
    study = changeable(request, slug)
    with refusals():
        checkpoint = checkpoint_named(payload.checkpoint)
        made = ask(study, checkpoint, Sampling(max_new_tokens=payload.max_new_tokens), request.user)
    return Status(201, judge_out(made))


def message_or_404(study: Study, pk: int) -> Message:
    rows = study.messages.select_related("study", "rater", "assignment__comparison__prompt")
    found = rows.prefetch_related("replies").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def message_out(row: Message) -> dict[str, Any]:
    fields = ("kind", "state", "text", "created_at")
    return {name: getattr(row, name) for name in fields} | {
        "id": row.pk,
        "rater": row.rater.code,
        "prompt": row.assignment.comparison.prompt.key if row.assignment else None,
        "replies": [
            {"by_team": one.author_id is not None, "text": one.text, "created_at": one.created_at}
            for one in row.replies.all()
        ],
    }


def judge_out(row: JudgeRun) -> dict[str, Any]:
    return {"id": row.pk, "checkpoint": row.checkpoint.name, "template": row.template, **reading_of(row)}
