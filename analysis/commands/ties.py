"""`python -m analysis ties JUDGMENTS`: shares of wins, ties, losses and "both bad", and the rate without ties."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.commands.judgments import add_level, add_table_arguments, add_weighting, read_table
from analysis.commands.plots import ID_PREFIX, add_plot_argument
from analysis.commands.printing import notes, percent, points, print_table, rests_on
from analysis.commands.results import tell

if TYPE_CHECKING:
    from analysis.ties import Ties

NAME = "ties"
HELP = "Ties and both-bad shares, the net win rate and the win rate among decided judgments."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    add_weighting(parser)
    add_level(parser)
    add_plot_argument(parser, "wins, ties and losses as one bar")


def run(arguments: argparse.Namespace) -> int:
    from analysis.ties import ties

    result = ties(read_table(arguments), weighting=arguments.weighting, level=arguments.level)
    return tell(arguments, NAME, result, _print, _bar)


def _bar(result: Ties) -> str:
    from analysis.charts import tie_bar

    counts = (result.wins, result.ties, result.losses)
    told = f"{result.wins} wins, {result.ties} ties, {result.losses} losses"
    return tie_bar(
        *counts, id_prefix=ID_PREFIX, title="Wins, ties and losses, by judgments", description=told
    )


def _print(result: Ties) -> None:
    rows = [("win rate, ties split", *percent(result.win_rate)), ("ties", *percent(result.tie_share))]
    if result.both_bad:
        rows.append(("both bad, counted as ties", *percent(result.both_bad)))
    if result.decisive:
        rows.append(("wins among the decided", *percent(result.decisive)))
    rows.append(("net win rate (points)", *points(result.net_win_rate)))
    print_table(
        "Ties",
        ("Measure", "Value", f"{100 * result.tie_share.level:g}% interval"),
        rows,
        [
            rests_on(result, result.tie_share.method, result.weighting),
            *notes(result.notes),
            f"{result.wins} wins, {result.ties} ties, {result.losses} losses; data sha256 {result.data_digest}",
        ],
    )
