"""`python -m analysis stop JUDGMENTS`: may the study stop now? An interval that may be looked at any time."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.commands.judgments import add_level, add_table_arguments, read_table
from analysis.commands.plots import ID_PREFIX, add_plot_argument
from analysis.commands.printing import notes, percent, print_table, rests_on
from analysis.commands.results import tell
from analysis.reading import TableError

if TYPE_CHECKING:
    from analysis.sequential import Sequence

NAME = "stop"
HELP = "Anytime-valid interval of the win rate, prompt by prompt, and where the study may stop."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    parser.add_argument(
        "--kind",
        choices=("asymptotic", "empirical-bernstein"),
        default="asymptotic",
        help="asymptotic (default, from 50 prompts), or valid at every size and wider",
    )
    parser.add_argument(
        "--planned",
        type=int,
        required=True,
        metavar="PROMPTS",
        help="prompts of the whole study, as fixed before it began and at every look alike",
    )
    add_level(parser)
    add_plot_argument(parser, "the interval over time")


def run(arguments: argparse.Namespace) -> int:
    from analysis.sequential import confidence_sequence

    options = {"kind": arguments.kind, "planned": arguments.planned, "level": arguments.level}
    table = read_table(arguments)
    if arguments.planned < 2:
        raise TableError("--planned is a number of prompts from 2 up")
    result = confidence_sequence(table, **options)
    return tell(arguments, NAME, result, _print, _timeline)


def _timeline(result: Sequence) -> str:
    from analysis.timeline import timeline

    return timeline(
        result.means,
        result.lows,
        result.highs,
        stopped_at=result.stopped_at,
        id_prefix=ID_PREFIX,
        title="Win rate over time",
        description=result.method,
    )


def _print(result: Sequence) -> None:
    stop = "go on: the interval still holds 50%"
    if result.stopped_at is not None:
        stop = f"may stop: 50% was left out after {result.stopped_at} prompts"
    print_table(
        "Early stopping",
        ("Win rate", f"{100 * result.level:g}% at all times", "Prompts"),
        [(*percent(result), f"{result.prompts} of {result.planned} planned")],
        [
            rests_on(result, result.method, result.weighting),
            f"{stop} (looked at from {result.fewest} on, {result.order})",
            *notes(result.notes),
            f"data sha256 {result.data_digest}",
        ],
    )
