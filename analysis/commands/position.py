"""`python -m analysis position JUDGMENTS`: how much the left side is favoured, and the win rate without that."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.commands.judgments import add_level, add_table_arguments, add_weighting, read_table
from analysis.commands.plots import ID_PREFIX, add_plot_argument
from analysis.commands.printing import notes, p_text, percent, points, print_table, rests_on
from analysis.commands.results import tell

if TYPE_CHECKING:
    from analysis.estimates import Estimate
    from analysis.position import PositionBias

NAME = "position"
HELP = "Bias towards the response on the left, and the win rate balanced over both sides."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    add_weighting(parser)
    add_level(parser)
    add_plot_argument(parser, "the win rates by side")


def run(arguments: argparse.Namespace) -> int:
    from analysis.position import position_bias

    result = position_bias(read_table(arguments), weighting=arguments.weighting, level=arguments.level)
    return tell(arguments, NAME, result, _print, _forest)


def _forest(result: PositionBias) -> str:
    from analysis.charts import forest_plot
    from analysis.forest_rows import ForestRow

    bias = result.bias
    value, low, high = (min(max(0.5 + x, 0.0), 1.0) for x in (bias.value, bias.low, bias.high))
    rows = [ForestRow("Response on the left", value, low, high, result.n, "bias: distance from 50%")]
    for name, one, n in _win_rates(result):
        rows.append(ForestRow(name.capitalize(), one.value, one.low, one.high, n))
    told = "Win rate of the response shown on the left, and of the candidate by side"
    return forest_plot(rows, id_prefix=ID_PREFIX, title="Position bias", description=told)


def _win_rates(result: PositionBias) -> list[tuple[str, Estimate, int]]:
    return [
        ("candidate on the left", result.left, result.n_left),
        ("candidate on the right", result.right, result.n_right),
        ("candidate, both sides alike", result.balanced, result.n),
    ]


def _print(result: PositionBias) -> None:
    rows = [("bias to the left (points)", *points(result.bias), str(result.n), p_text(result.bias.p))]
    rows += [(name, *percent(one), str(n), "") for name, one, n in _win_rates(result)]
    print_table(
        "Position",
        ("Measure", "Value", f"{100 * result.bias.level:g}% interval", "n", ""),
        rows,
        [
            rests_on(result, f"bias: {result.bias.method}; rates: {result.left.method}", result.weighting),
            *notes(result.notes),
            f"candidate on the left in {result.left_share:.1%} of {result.n} known sides; "
            f"{result.left_out} judgments without one left out; data sha256 {result.data_digest}",
        ],
    )
