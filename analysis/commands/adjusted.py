"""`python -m analysis adjusted JUDGMENTS --covariates NAME,…`: the win rate at equal length or style, an appendix."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.commands.judgments import add_level, add_table_arguments, add_weighting, read_table
from analysis.commands.printing import notes, percent, print_table, rests_on
from analysis.commands.results import tell

if TYPE_CHECKING:
    from analysis.adjusted import AdjustedWinRate

NAME = "adjusted"
HELP = "Win rate at no difference in length or style; an appendix with an assumption, never the headline."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    parser.add_argument(
        "--covariates",
        default="length_difference",
        metavar="NAME,…",
        help="numeric columns of candidate less baseline; length_difference by default",
    )
    add_weighting(parser)
    add_level(parser)


def run(arguments: argparse.Namespace) -> int:
    from analysis.adjusted import adjusted_win_rate

    names = [name.strip() for name in arguments.covariates.split(",") if name.strip()]
    table = read_table(arguments, covariates=names)
    result = adjusted_win_rate(table, names, weighting=arguments.weighting, level=arguments.level)
    return tell(arguments, NAME, result, _print)


def _print(result: AdjustedWinRate) -> None:
    rows = [("adjusted", *percent(result)), ("as judged (headline)", *percent(result.unadjusted))]
    lines = [
        f"{name}: {one.value:+.3f} log-odds [{one.low:+.3f}, {one.high:+.3f}] per tanh(difference / "
        f"{result.scales[name]:.4g})"
        for name, one in result.coefficients.items()
    ]
    print_table(
        "Adjusted win rate (appendix)",
        ("Win rate", "Value", f"{100 * result.level:g}% interval"),
        rows,
        [
            rests_on(result, result.method, result.weighting),
            *lines,
            f"Assumption: {result.assumption}",
            *notes(result.notes),
            f"data sha256 {result.data_digest}",
        ],
    )
