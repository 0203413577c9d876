"""Leaderboards: which there are, one with its ranks and win rates, two checkpoints wherever they met."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token, may_see_names
from assay.api.fields import Id, Slug
from assay.api.paging import Page
from assay.api.prompt_sets import Number, version_or_404
from assay.reports.boards.scopes import Scope, scopes_for
from assay.reports.models import Board
from promptsets.models import PromptSetVersion

router = Router(tags=["leaderboards"])
WhoJudged = Literal["people", "simulated"]
Raters = Annotated[WhoJudged, Query(description="Whose judgments: they are never mixed")]


class LeaderboardSummaryOut(Schema):
    prompt_set: str = Field(description="With its version: everyday@2")
    raters: WhoJudged
    studies: list[str] = Field(
        description="Slugs of the studies in it: those that the token may know the names of"
    )
    made_at: datetime | None = Field(description="Null: no worker has written it yet")
    is_stale: bool = Field(
        description="Whether a study has a newer report; it is written anew within minutes"
    )


class EloOut(Schema):
    value: float
    low: float
    high: float


class StandingOut(Schema):
    """A checkpoint's place. `best_rank` and `worst_rank` are the ranks that it may have."""

    checkpoint: str
    rank: int
    best_rank: int
    worst_rank: int
    tied_with: list[str]
    elo: EloOut
    wins: int
    ties: int
    losses: int


class GroupOut(Schema):
    """Checkpoints that comparisons link: beyond a group there is no common scale."""

    names: list[str]
    standings: list[StandingOut] = Field(description="Empty where there are no ranks; `why_none` says why")
    why_none: str
    method: str | None = None
    level: float | None = None
    n: int | None = None
    prompts: int | None = None
    raters: int | None = None


class BehindOut(Schema):
    slug: str
    n: int


class PairOut(Schema):
    """The first's win rate against the second; no value where too few prompts were judged."""

    first: str
    second: str
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int
    prompts: int
    raters: int | None = None
    wins: int | None = None
    ties: int | None = None
    losses: int | None = None
    method: str
    studies: list[BehindOut]


class LeaderboardOut(LeaderboardSummaryOut):
    checkpoints: dict[str, int] = Field(description="The id of each checkpoint, by the name that it has here")
    groups: list[GroupOut]
    pairs: list[PairOut]
    notes: list[str]


class MeetingOut(PairOut):
    """A pair on one leaderboard."""

    prompt_set: str
    raters_are: WhoJudged


@router.get("", auth=Token(), response=Page[LeaderboardSummaryOut], summary="List leaderboards")
def list_leaderboards(request: ApiRequest) -> dict[str, Any]:
    """All on one page: one for each version of a prompt set over which checkpoints were compared."""
    return {"items": [summary(scope, scope.board()) for scope in known(request)], "next": None}


@router.get("/pairs", auth=Token(), response=list[MeetingOut], summary="Two checkpoints, wherever they met")
def pair_of_checkpoints(request: ApiRequest, one: Id, other: Id) -> list[dict[str, Any]]:
    """Empty where they never met, or met only where names are not told."""
    return [meeting for scope in known(request) for meeting in meetings(scope, {one, other})]


@router.get("/{slug}/{number}", auth=Token(), response=LeaderboardOut, summary="One leaderboard")
def one_leaderboard(
    request: ApiRequest, slug: Slug, number: Number, raters: Raters = "people"
) -> dict[str, Any]:
    """Empty where nothing was compared yet, or names are not told."""
    version = version_or_404(slug, number)
    empty = Scope(version, raters == "simulated", (), {})
    scope = next((one for one in known(request, version) if judged_by(one) == raters), empty)
    board = scope.board()
    nothing: dict[str, Any] = {"checkpoints": {}, "groups": [], "pairs": [], "notes": []}
    return {**(board.content if board else nothing), **summary(scope, board)}


def known(request: HttpRequest, version: PromptSetVersion | None = None) -> list[Scope]:
    return scopes_for(request.user, version, names_allowed=may_see_names(request))  # type: ignore[arg-type]


def meetings(scope: Scope, wanted: set[int]) -> Iterator[dict[str, Any]]:
    """More than one where a checkpoint took part with several samplings."""
    content = board.content if (board := scope.board()) else {"pairs": [], "checkpoints": {}}
    for pair in content["pairs"]:
        if {content["checkpoints"][pair[side]] for side in ("first", "second")} == wanted:
            yield {**pair, "prompt_set": str(scope.version), "raters_are": judged_by(scope)}


def summary(scope: Scope, board: Board | None) -> dict[str, Any]:
    return {
        "prompt_set": str(scope.version),
        "raters": judged_by(scope),
        "studies": [study.slug for study in scope.studies],
        "made_at": board.made_at if board else None,
        "is_stale": board is not None and not scope.is_newest(board),
    }


def judged_by(scope: Scope) -> WhoJudged:
    return "simulated" if scope.simulated else "people"
