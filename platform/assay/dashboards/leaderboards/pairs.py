"""The page of two checkpoints: how one does against the other over every prompt set on which they met."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from analysis.charts import forest_plot
from analysis.forest_rows import ForestRow
from assay.accounts.models import User
from assay.accounts.requests import SignedInRequest
from assay.dashboards.leaderboards.laying_out import PairRow, pairs_of
from assay.reports.boards.scopes import Scope, scopes_for
from generation.models import Checkpoint
from raters.access import researchers_only


@dataclass(frozen=True)
class Met:
    """The pair over one prompt set."""

    scope: Scope
    row: PairRow
    told_apart: bool  # whether several samplings met here, so that names must say which
    number: int  # among the rows of its prompt set

    @property
    def label(self) -> str:
        name = str(self.scope.version)
        return f"{name}: {self.row.first} – {self.row.second}" if self.told_apart else name

    @property
    def anchor(self) -> str:
        """The row's id on the page, where people's and simulated raters' stand by the same prompt sets."""
        judged_by = "simulated" if self.scope.simulated else "people"
        return f"{judged_by}-{self.scope.version.pk}-{self.number}"


@dataclass(frozen=True)
class Part:
    """All prompt sets on which people judged the pair, or simulated raters."""

    simulated: bool
    met: tuple[Met, ...]
    forest: SafeString


@never_cache
@require_GET
@researchers_only
def checkpoint_pair(request: SignedInRequest, one: int, other: int) -> HttpResponse:
    first, second = (get_object_or_404(Checkpoint, pk=key) for key in (one, other))
    parts = [part for simulated in (False, True) if (part := part_of(request.user, first, second, simulated))]
    context = {"first": first, "second": second, "parts": parts}
    return render(request, "dashboards/checkpoint_pair.html", context)


def part_of(user: User, first: Checkpoint, second: Checkpoint, simulated: bool) -> Part | None:
    found = [
        met
        for scope in scopes_for(user)
        if scope.simulated == simulated
        for met in met_in(scope, first, second)
    ]
    return Part(simulated, tuple(found), draw(found, first, second, simulated)) if found else None


def met_in(scope: Scope, first: Checkpoint, second: Checkpoint) -> list[Met]:
    """Seen from the first; more than one where a checkpoint took part with several samplings."""
    board = scope.board()
    wanted, rows = (first.pk, second.pk), pairs_of(board) if board else []
    read = [row if row.keys == wanted else row.turned() for row in rows if set(row.keys) == set(wanted)]
    return [Met(scope, row, len(read) > 1, number) for number, row in enumerate(read, start=1)]


def draw(met: list[Met], first: Checkpoint, second: Checkpoint, simulated: bool) -> SafeString:
    rows = [forest_row(one) for one in met]
    title = gettext("Win rate of %(a)s against %(b)s by prompt set") % {"a": first.name, "b": second.name}
    description = gettext(
        "Each line is one prompt set with its interval; the same numbers stand in the table below."
    )
    chart_id = "simulated-forest" if simulated else "forest"
    # The chart module escapes every text it is given.
    return mark_safe(forest_plot(rows, id_prefix=chart_id, title=title, description=description))  # noqa: S308


def forest_row(met: Met) -> ForestRow:
    row = met.row
    n = row.said["prompts"] if row.value is None else row.said["n"]
    behind = row.behind if len(row.sources) == 1 else f"#{met.anchor}"
    return ForestRow(met.label, row.value, row.low, row.high, n, href=behind)
