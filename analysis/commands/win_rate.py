"""`python -m analysis win-rate JUDGMENTS`: the win rate with its intervals, as a table or as JSON."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.commands.judgments import add_table_arguments, level, print_json, read_table

if TYPE_CHECKING:
    from rich.table import Table

    from analysis.estimates import Estimate
    from analysis.slices import Slice
    from analysis.win_rate import WinRate

NAME = "win-rate"
HELP = "Win rate of a candidate over its baseline, with an interval for new prompts and new raters."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    parser.add_argument(
        "--paper", action="store_true", help="value, low and high by the published method: pooled Wilson"
    )
    parser.add_argument(
        "--weighting", choices=("prompts", "judgments"), default="prompts", help="what counts once"
    )
    parser.add_argument("--level", type=level, default=0.95, help="confidence level, 0.95 by default")
    parser.add_argument("--by", choices=("category",), help="a win rate for each category too")


def run(arguments: argparse.Namespace) -> int:
    from analysis.slices import win_rates_by_category
    from analysis.win_rate import win_rate

    table = read_table(arguments)
    options = {"weighting": arguments.weighting, "level": arguments.level}
    result = win_rate(table, **options)
    slices = win_rates_by_category(table, **options) if arguments.by else None
    if arguments.json:
        by = {} if slices is None else {"by_category": [part.to_dict() for part in slices]}
        print_json({"command": NAME} | result.to_dict(paper=arguments.paper) | by)
    else:
        _print(result, slices, paper=arguments.paper)
    return 0


def _print(result: WinRate, slices: tuple[Slice, ...] | None, *, paper: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(_intervals(result, paper=paper))
    for line in _facts(result):
        console.print(Text(line))
    for note in result.notes:
        console.print(Text(f"Note: {note}"))
    if slices is not None:
        console.print(_by_category(slices))


def _intervals(result: WinRate, *, paper: bool) -> Table:
    from rich.table import Table

    whom = "new prompts, new raters" if result.new_raters else "new prompts, these raters"
    lines: list[tuple[str, WinRate | Estimate]] = [(f"headline: {whom}", result)]
    if result.new_raters:
        lines.append(("new prompts, these raters", result.prompt_only))
    lines.insert(0 if paper else len(lines), ("as published (judgments independent)", result.paper))
    table = Table(
        "Interval for", "Win rate", f"{100 * result.level:g}% interval", "Weights", "Method", title="Win rate"
    )
    for name, estimate in lines:
        table.add_row(name, f"{estimate.value:.1%}", _ends(estimate), estimate.weighting, estimate.method)
    return table


def _facts(result: WinRate) -> list[str]:
    ratings = (
        f"{result.min_ratings}"
        if result.min_ratings == result.max_ratings
        else f"{result.min_ratings} to {result.max_ratings}"
    )
    decisive, both_bad = result.decisive_win_rate, result.both_bad_share
    lines = [
        f"{result.wins} wins ({result.win_share:.1%}), {result.ties} ties ({result.tie_share:.1%}), "
        f"{result.losses} losses ({result.loss_share:.1%})",
        f"{result.n} judgments of {result.prompts} prompts by {result.raters} raters; {ratings} per prompt",
        f"net win rate {result.net_win_rate:+.1%}; without ties "
        + ("none decided" if decisive is None else f"{decisive:.1%}"),
    ]
    if both_bad is not None:
        lines.append(f"both bad: {result.both_bad} ({both_bad:.1%}), counted as ties")
    if result.left_share is not None:
        lines.append(f"candidate on the left in {result.left_share:.1%} of {result.sides_known} known sides")
    return [*lines, f"data sha256 {result.data_digest}"]


def _by_category(slices: tuple[Slice, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("Category", "Win rate", "Interval", "Prompts", "n", "W / T / L", title="By category")
    for part in slices:
        rate = part.win_rate
        table.add_row(
            Text(part.label or "(none)"),  # plain text: a label may hold rich's markup
            "too few prompts" if rate is None else f"{rate.value:.1%}",
            "" if rate is None else _ends(rate),
            str(part.prompts),
            str(part.n),
            f"{part.wins} / {part.ties} / {part.losses}",
        )
    return table


def _ends(estimate: WinRate | Estimate) -> str:
    return f"[{estimate.low:.1%}, {estimate.high:.1%}]"
