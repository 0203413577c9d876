"""`python -m analysis win-rate JUDGMENTS`: the win rate with its intervals, as a table or as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from analysis.commands.judgments import add_level, add_table_arguments, add_weighting, read_table
from analysis.commands.plots import ID_PREFIX, add_plot_argument, save
from analysis.commands.printing import notes, p_text, percent, print_table
from analysis.commands.results import print_json

if TYPE_CHECKING:
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
    add_weighting(parser)
    add_level(parser)
    parser.add_argument("--by", choices=("category",), help="a win rate for each category too")
    add_plot_argument(parser, "the intervals, and each category where asked for")


def run(arguments: argparse.Namespace) -> int:
    from analysis.slices import win_rates_by_category
    from analysis.win_rate import win_rate

    table = read_table(arguments)
    options = {"weighting": arguments.weighting, "level": arguments.level}
    result = win_rate(table, **options)
    slices = win_rates_by_category(table, **options) if arguments.by else None
    if arguments.plot:
        save(arguments.plot, _forest(result, slices or ()))
    if arguments.json:
        by = {} if slices is None else {"by_category": [part.to_dict() for part in slices]}
        print_json(NAME, result.to_dict(paper=arguments.paper) | by)
    else:
        _print(result, slices, paper=arguments.paper)
    return 0


def _named(result: WinRate) -> list[tuple[str, WinRate | Estimate]]:
    """Every interval with whom it is about; the headline first."""
    whom = "new prompts, new raters" if result.new_raters else "new prompts, these raters"
    lines: list[tuple[str, WinRate | Estimate]] = [(f"headline: {whom}", result)]
    if result.new_raters:
        lines.append(("new prompts, these raters", result.prompt_only))
    return [*lines, ("as published (judgments independent)", result.paper)]


def _forest(result: WinRate, slices: Iterable[Slice]) -> str:
    from analysis.charts import forest_plot
    from analysis.forest_rows import ForestRow

    rows = [
        ForestRow(name.capitalize(), one.value, one.low, one.high, result.n) for name, one in _named(result)
    ]
    for part in slices:
        rate, label = part.win_rate, part.label or "(none)"
        rows.append(
            ForestRow(label, None, None, None, part.prompts)
            if rate is None
            else ForestRow(label, rate.value, rate.low, rate.high, part.n)
        )
    return forest_plot(
        rows, id_prefix=ID_PREFIX, title="Win rate", description="Win rates with their intervals"
    )


def _print(result: WinRate, slices: tuple[Slice, ...] | None, *, paper: bool) -> None:
    named = _named(result)
    if paper:
        named.insert(0, named.pop())
    print_table(
        "Win rate",
        ("Interval for", "Win rate", f"{100 * result.level:g}% interval", "Weights", "Method"),
        [(name, *percent(one), one.weighting, one.method) for name, one in named],
        _facts(result, result.to_dict(paper=paper)),
    )
    if slices is not None:
        _print_slices(slices)


def _facts(result: WinRate, shown: dict[str, Any]) -> list[str]:
    """What stands below: `shown` are the numbers of the method that was asked for."""
    ratings = (
        f"{result.min_ratings}"
        if result.min_ratings == result.max_ratings
        else f"{result.min_ratings} to {result.max_ratings}"
    )
    decisive, both_bad = shown["decisive_win_rate"], shown["both_bad_share"]
    lines = [
        f"{result.wins} wins ({shown['win_share']:.1%}), {result.ties} ties ({shown['tie_share']:.1%}), "
        f"{result.losses} losses ({shown['loss_share']:.1%}), {shown['weighting']} counting once",
        f"{result.n} judgments of {result.prompts} prompts by {result.raters} raters; {ratings} per prompt",
        f"of an even win rate {p_text(shown['p_value'])}; prompts leaning to the candidate {result.sign_test.won}, to "
        f"the baseline {result.sign_test.lost} (exact sign test, these raters: {p_text(result.sign_test.p)})",
        f"net win rate {shown['net_win_rate']:+.1%}; without ties "
        + ("none decided" if decisive is None else f"{decisive:.1%}")
        + " (`ties` has their intervals)",
    ]
    if both_bad is not None:
        lines.append(f"both bad: {result.both_bad} ({both_bad:.1%}), counted as ties")
    if result.left_share is not None:
        lines.append(f"candidate on the left in {result.left_share:.1%} of {result.sides_known} known sides")
    return [*lines, f"data sha256 {result.data_digest}", *notes(shown["notes"])]


def _print_slices(slices: tuple[Slice, ...]) -> None:
    known = [part for part in slices if part.win_rate]
    header = ("Category", "Win rate", "Interval", "Prompts", "n", "W / T / L")
    methods = sorted(
        {f"{part.win_rate.weighting} count once; {part.win_rate.method}" for part in known if part.win_rate}
    )
    print_table("By category", header, [_slice_row(part) for part in slices], methods)
    if any(part.shrunk for part in known):
        rows = [
            (part.label or "(none)", *percent(part.shrunk), str(part.n), p_text(part.p_adjusted))
            for part in known
            if part.shrunk
        ]
        together = ("Category", "Shrunk", "Interval", "n", "Holm-adjusted")
        print_table(
            "The categories together",
            together,
            rows,
            sorted({part.shrunk.method for part in known if part.shrunk}),
        )


def _slice_row(part: Slice) -> tuple[str, ...]:
    shown = ("too few prompts", "") if part.win_rate is None else percent(part.win_rate)
    counts = (str(part.prompts), str(part.n), f"{part.wins} / {part.ties} / {part.losses}")
    return (part.label or "(none)", *shown, *counts)
