"""A stored leaderboard laid out for the page: ranks, a heat map of win rates, and the same numbers as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from analysis.heat_map import HeatCell, heat_map
from assay.reports.models import Board

Stored = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """One line of the ranking; `checkpoint` is its primary key."""

    name: str
    checkpoint: int
    said: Stored

    @property
    def ranks(self) -> str:
        best, worst = self.said["best_rank"], self.said["worst_rank"]
        return str(best) if best == worst else f"{best}–{worst}"


@dataclass(frozen=True)
class PairRow:
    """The first's win rate against the second. `sources` are the studies behind it, each with its comparisons."""

    first: str
    second: str
    keys: tuple[int, int]
    said: Stored

    @property
    def value(self) -> float | None:
        return self.said["value"]

    @property
    def low(self) -> float | None:
        return self.said.get("low")

    @property
    def high(self) -> float | None:
        return self.said.get("high")

    @cached_property
    def sources(self) -> list[Stored]:
        return [source | {"behind": comparisons_of(source)} for source in self.said["studies"]]

    @property
    def behind(self) -> str:
        """Straight to the comparisons where one study made them all, else to the page of the two checkpoints."""
        if len(self.sources) == 1:
            return str(self.sources[0]["behind"])
        return reverse("dashboards:checkpoint_pair", args=self.keys)

    @property
    def figures(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return gettext("%(n)s judgments, too few prompts") % {"n": self.said["n"]}
        ends = f"{100 * self.low:.1f}, {100 * self.high:.1f}"
        return f"{100 * self.value:.1f}% [{ends}], n {self.said['n']}"

    def turned(self) -> "PairRow":
        """The same, seen from the second."""
        said = dict(self.said)
        if self.value is not None:
            ends = {"value": 1 - said["value"], "low": 1 - said["high"], "high": 1 - said["low"]}
            said |= ends | {"wins": said["losses"], "losses": said["wins"]}
        return PairRow(self.second, self.first, (self.keys[1], self.keys[0]), said)


@dataclass(frozen=True)
class Group:
    """Checkpoints that comparisons link with each other."""

    said: Stored
    standings: tuple[Standing, ...]
    pairs: tuple[PairRow, ...]
    heat: SafeString

    @property
    def methods(self) -> dict[str, list[str]]:
        """By how a win rate was computed: the pairs whose it is."""
        found: dict[str, list[str]] = {}
        for row in self.pairs:
            found.setdefault(row.said["method"], []).append(f"{row.first} – {row.second}")
        return found


def groups_of(board: Board) -> tuple[Group, ...]:
    rows = pairs_of(board)
    return tuple(_group(number, board, said, rows) for number, said in enumerate(board.content["groups"], 1))


def pairs_of(board: Board) -> list[PairRow]:
    known = board.content["checkpoints"]
    return [
        PairRow(said["first"], said["second"], (known[said["first"]], known[said["second"]]), said)
        for said in board.content["pairs"]
    ]


def comparisons_of(source: Stored) -> str:
    return f"{reverse('dashboards:comparisons', args=[source['slug']])}?pair={source['pair']}"


def _group(number: int, board: Board, said: Stored, rows: Iterable[PairRow]) -> Group:
    known = board.content["checkpoints"]
    standings = [Standing(one["checkpoint"], known[one["checkpoint"]], one) for one in said["standings"]]
    order = [one.name for one in standings] or said["names"]
    inside = [row for row in rows if row.first in order]
    read = [row if order.index(row.first) < order.index(row.second) else row.turned() for row in inside]
    read.sort(key=lambda row: (order.index(row.first), order.index(row.second)))
    return Group(said, tuple(standings), tuple(read), _heat(f"group{number}", order, read))


def _heat(chart_id: str, order: list[str], rows: list[PairRow]) -> SafeString:
    place = {name: number for number, name in enumerate(order)}
    cells = {}
    for row in rows:
        for one in (row, row.turned()):
            cells[place[one.first], place[one.second]] = _cell(one)
    title = gettext("Win rates, each row against each column")
    description = gettext(
        "Percent of judgments, ties split evenly. Plain: the row wins more. Hatched: the row loses more. "
        "The same numbers stand in the table below."
    )
    # The chart module escapes every text it is given.
    return mark_safe(heat_map(order, cells, id_prefix=chart_id, title=title, description=description))  # noqa: S308


def _cell(row: PairRow) -> HeatCell:
    names = {"a": row.first, "b": row.second, "figures": row.figures}
    return HeatCell(row.value, gettext("%(a)s against %(b)s: %(figures)s") % names, row.behind)
