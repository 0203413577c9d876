"""`python -m analysis leaderboard JUDGMENTS`: three checkpoints or more in one order."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from analysis.commands.judgments import add_level, add_table_arguments, read_table
from analysis.commands.plots import ID_PREFIX, add_plot_argument
from analysis.commands.printing import notes, print_table
from analysis.commands.results import tell

if TYPE_CHECKING:
    from analysis.leaderboard import Leaderboard, Standing

NAME = "leaderboard"
HELP = "Strengths and ranks of three checkpoints or more, cluster-robust over prompts and raters."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    parser.add_argument(
        "--model",
        choices=("davidson", "bradley-terry"),
        default="davidson",
        help="davidson (default) models ties; bradley-terry splits them, as other boards do",
    )
    parser.add_argument(
        "--covariates",
        default="",
        metavar="NAME,…",
        help="adjust for these columns of candidate less baseline",
    )
    add_level(parser)
    add_plot_argument(parser, "each checkpoint's chance of beating an average one")


def run(arguments: argparse.Namespace) -> int:
    from analysis.leaderboard import leaderboard

    names = [name.strip() for name in arguments.covariates.split(",") if name.strip()]
    table = read_table(arguments, covariates=names)
    result = leaderboard(table, model=arguments.model, level=arguments.level)
    return tell(arguments, NAME, result, _print, _forest)


def _forest(result: Leaderboard) -> str:
    from analysis.charts import forest_plot
    from analysis.forest_rows import ForestRow

    rows = []
    for one in result.standings:
        value, low, high = map(_chance, (one.strength.value, one.strength.low, one.strength.high))
        n = one.wins + one.ties + one.losses
        rows.append(ForestRow(one.checkpoint, value, low, high, n, f"rank {_ranks(one)}"))
    told = "Chance of beating a checkpoint of average strength, ties apart"
    return forest_plot(rows, id_prefix=ID_PREFIX, title="Leaderboard", description=told)


def _chance(log_odds: float) -> float:
    """0 or 1 where the end of an interval lies too far out for exp."""
    return 1 / (1 + math.exp(-min(max(log_odds, -700.0), 700.0)))


def _print(result: Leaderboard) -> None:
    rows = [
        (
            str(one.rank),
            _ranks(one),
            one.checkpoint + (" (held)" if one.held else ""),
            f"{one.elo:.0f} [{one.elo_low:.0f}, {one.elo_high:.0f}]",
            f"{one.wins} / {one.ties} / {one.losses}",
        )
        for one in result.standings
    ]
    effects = dict(result.coefficients)
    if result.order_effect:
        effects = {"shown first": result.order_effect} | effects
    shown = [
        f"{name}: {one.value:+.3f} log-odds [{one.low:+.3f}, {one.high:+.3f}]"
        for name, one in effects.items()
    ]
    print_table(
        "Leaderboard",
        ("Rank", f"Ranks at {100 * result.level:g}%", "Checkpoint", "Strength (Elo)", "W / T / L"),
        rows,
        [
            f"{result.n} judgments of {result.prompts} prompts by {result.raters} raters; {result.method}",
            *shown,
            *notes(result.notes),
            f"data sha256 {result.data_digest}",
        ],
    )


def _ranks(one: Standing) -> str:
    return f"{one.best_rank}" if one.best_rank == one.worst_rank else f"{one.best_rank} to {one.worst_rank}"
