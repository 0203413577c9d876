"""The pages on which leaderboards are read: which there are, one with its ranks and win rates, the same as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.dashboards.leaderboards.laying_out import Group, groups_of
from assay.dashboards.prompts.views import version_or_404
from assay.reports.boards.scopes import Scope, scopes_for
from assay.reports.models import Board
from promptsets.exporting import record
from raters.access import researchers_only

RANKS = ("rank", "best_rank", "worst_rank", "wins", "ties", "losses", "held")
PAIRS = ("value", "low", "high", "level", "n", "prompts", "raters", "wins", "ties", "losses", "method")


@dataclass(frozen=True)
class Shown:
    """A reader's leaderboard; `board` is None until a worker has written it."""

    scope: Scope
    board: Board | None

    @property
    def is_stale(self) -> bool:
        return self.board is not None and not self.scope.is_newest(self.board)

    @property
    def leaders(self) -> list[str]:
        """Who stands first in the largest group, with whoever cannot be told apart from it."""
        groups = self.board.content["groups"] if self.board else []
        first = groups[0]["standings"][:1] if groups else []
        return [one["checkpoint"] for one in first]

    @property
    def checkpoints(self) -> int:
        return len(self.board.content["checkpoints"]) if self.board else 0


@never_cache
@require_GET
@researchers_only
def leaderboards(request: SignedInRequest) -> HttpResponse:
    rows = [Shown(scope, scope.board()) for scope in scopes_for(request.user)]
    return render(request, "dashboards/leaderboards.html", {"rows": rows})


@never_cache
@require_GET
@researchers_only
def leaderboard(request: SignedInRequest, name: str) -> HttpResponse:
    shown, others = asked_for(request, name)
    groups = groups_of(shown.board) if shown and shown.board else ()
    context = {"version": version_or_404(name), "shown": shown, "groups": groups, "others": others}
    return render(request, "dashboards/leaderboard.html", context)


@never_cache
@require_GET
@researchers_only
def leaderboard_file(request: SignedInRequest, name: str, kind: str) -> StreamingHttpResponse:
    shown, _ = asked_for(request, name)
    if kind not in FILES or not (shown and shown.board):
        raise Http404("A leaderboard that is written goes out as ranks.csv and pairs.csv.")
    answer = StreamingHttpResponse(
        FILES[kind](groups_of(shown.board)), content_type="text/csv; charset=utf-8"
    )
    version = shown.scope.version
    answer["Content-Disposition"] = (
        f'attachment; filename="{version.prompt_set.slug}-{version.number}-{kind}.csv"'
    )
    return answer


def asked_for(request: SignedInRequest, name: str) -> tuple[Shown | None, list[Scope]]:
    """The reader's leaderboard of that prompt set, by people unless simulated raters are asked for; and the others."""
    scopes = scopes_for(request.user, version_or_404(name))
    simulated = request.GET.get("raters") == "simulated"
    scope = next((one for one in scopes if one.simulated == simulated), scopes[0] if scopes else None)
    others = [one for one in scopes if one is not scope]
    return Shown(scope, scope.board()) if scope else None, others


def rank_lines(groups: tuple[Group, ...]) -> Iterator[bytes]:
    yield record(["group", "checkpoint", *RANKS, "tied_with", "elo", "elo_low", "elo_high", "method"])
    for number, group in enumerate(groups, start=1):
        for one in group.standings:
            said: dict[str, Any] = one.said
            elo = [said["elo"][end] for end in ("value", "low", "high")]
            shared = [number, one.name, *(said[name] for name in RANKS), "; ".join(said["tied_with"])]
            yield record([*shared, *elo, group.said["method"]])


def pair_lines(groups: tuple[Group, ...]) -> Iterator[bytes]:
    yield record(["first", "second", "win_rate", *PAIRS[1:], "studies"])
    for group in groups:
        for row in group.pairs:
            studies = "; ".join(source["slug"] for source in row.said["studies"])
            yield record([row.first, row.second, *(row.said.get(name, "") for name in PAIRS), studies])


FILES = {"ranks": rank_lines, "pairs": pair_lines}
