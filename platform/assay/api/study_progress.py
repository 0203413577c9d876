"""How far a study has come, and how it is doing: what its page shows while it runs."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ninja import Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token, may_see_names
from assay.api.fields import Slug
from assay.api.problems import refusals
from assay.api.studies import changeable, visible
from assay.reports.blinding import arms_for
from assay.reports.generating import generating
from raters.care.cost import Cost, cost_of
from raters.models import Message
from raters.studies.health import Health, Share, health_of
from raters.studies.progress import progress_of
from raters.studies.responses import retry_failed

router = Router(tags=["studies"])
SHARES = ("gold", "agreement", "left", "fast")


class ShareOut(Schema):
    """k of n; no value where there is nothing yet. The interval is Wilson's, at 95 %."""

    k: int
    n: int
    value: float | None
    low: float | None
    high: float | None


class PairsOut(Schema):
    """Without an interval: pairs of judgments of one comparison hang together."""

    k: int
    n: int
    value: float | None


class CostOut(Schema):
    """By what raters are due, gold, repeats, skips and practice included. Amounts are decimal texts."""

    so_far: str
    expected: str = Field(description="Of the whole study")
    per_judgment: str | None = Field(description="Of each counted judgment; null before there are twenty")
    currency: str


class GeneratingOut(Schema):
    """Of one arm's responses; while its reader is blind of all arms' together, without a name."""

    called: str
    run: int | None
    present: int
    wanted: int
    tokens_a_second: float | None
    queued: int = Field(description="Chunks that wait for a worker")
    failed: int = Field(description="Chunks that failed for good or were stopped; `retry` tries them again")
    is_under_way: bool


class RetriedOut(Schema):
    chunks: int = Field(description="How many are tried again")


class StudyProgressOut(Schema):
    generating: list[GeneratingOut]
    judgments: int
    wanted: int
    complete: int
    comparisons: int
    raters: int
    held: int
    not_shown: dict[str, int]
    open_messages: int
    a_day: float = Field(description="Judgments, at the pace of the last day")
    eta: datetime | None = Field(description="When the last comes at that pace; null where nothing moves")
    newest_at: datetime | None
    gold: ShareOut = Field(description="Answers to gold that are right")
    agreement: PairsOut = Field(description="Pairs of judgments that say the same")
    left: ShareOut = Field(description="Of choices for a side, those for the left one")
    fast: ShareOut = Field(description="Judgments below the floor of time")
    leases: int = Field(description="Comparisons on raters' screens")
    oldest_lease_minutes: int | None
    cost: CostOut | None = Field(
        description="Null where the study does not say what it pays, or is too large to add it up at once"
    )


@router.get("/{slug}/progress", auth=Token(), response=StudyProgressOut, summary="How far a study has come")
def progress_of_study(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    """Shares and pace go by the newest judgments."""
    study = visible(request, slug)
    progress = progress_of(study)
    waiting = study.messages.filter(state=Message.State.OPEN).count()
    arms = arms_for(study, request.user, names_allowed=may_see_names(request))
    told = {
        "generating": [asdict(one) for one in generating(study, arms)],
        "open_messages": waiting,
        "cost": cost_out(cost_of(study, progress)),
    }
    return asdict(progress) | told | health_out(health_of(study, progress))


@router.post(
    "/{slug}/retry",
    auth=Token("studies:write"),
    response=RetriedOut,
    summary="Try again what of a study's responses failed",
)
def retry_study(request: ApiRequest, slug: Slug) -> dict[str, int]:
    """Of all arms, without their names."""
    study = changeable(request, slug)
    with refusals():
        return {"chunks": retry_failed(study, request.user)}


def cost_out(cost: Cost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    return {name: None if value is None else str(value) for name, value in asdict(cost).items()}


def health_out(health: Health) -> dict[str, Any]:
    same = ("a_day", "eta", "newest_at", "leases", "oldest_lease_minutes")
    shares = {name: share_out(getattr(health, name)) for name in SHARES}
    return {name: getattr(health, name) for name in same} | shares


def share_out(share: Share) -> dict[str, Any]:
    ends = share.interval
    told = {"low": ends.low, "high": ends.high} if ends else {"low": None, "high": None}
    return {"k": share.k, "n": share.n, "value": share.value, **told}
