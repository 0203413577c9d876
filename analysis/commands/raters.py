"""`python -m analysis raters JUDGMENTS`: one line a rater, who stands out, and the win rate weighted by ability."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.columns import OUTCOMES
from analysis.commands.judgments import add_level, add_table_arguments, level, read_table
from analysis.commands.printing import notes, percent, print_table
from analysis.commands.results import print_json
from analysis.commands.verdicts import read_verdicts

if TYPE_CHECKING:
    from analysis.dawid_skene import WeightedWinRate
    from analysis.outliers import Count
    from analysis.raters import Raters

NAME = "raters"
HELP = (
    "Each rater's counts beside the others', flags, and the win rate weighted by Dawid and Skene's abilities."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    parser.add_argument(
        "--gold", type=Path, metavar="GOLD", help="right answers, .csv, .jsonl or .parquet: prompt_id,outcome"
    )
    parser.add_argument(
        "--alpha", type=level, default=0.05, help="chance of flagging anyone if all are alike"
    )
    add_level(parser)


def run(arguments: argparse.Namespace) -> int:
    import numpy as np

    from analysis.dawid_skene import weighted_win_rate
    from analysis.raters import raters_table

    table = read_table(arguments)
    gold = read_verdicts(arguments.gold, "outcome", _outcome, "win, tie or loss") if arguments.gold else {}
    result = raters_table(table, gold=gold, alpha=arguments.alpha)
    counted = table.rows(~np.isin(table.prompt.values(), list(gold))) if gold else table
    weighted = None if len(table.pairs) > 1 else weighted_win_rate(counted, level=arguments.level)
    if arguments.json:
        line = {"dawid_skene": weighted and weighted.to_dict()}
        print_json(NAME, result.to_dict() | line)
    else:
        _print(result, weighted)
    return 0


def _outcome(cell: str) -> str:
    if cell not in OUTCOMES:
        raise ValueError(cell)
    return cell


def _print(result: Raters, weighted: WeightedWinRate | None) -> None:
    rows = [
        (
            one.rater,
            str(one.n),
            _share(one.agreed),
            _share(one.left),
            _share(one.tied),
            _share(one.gold_right),
            "" if one.median_ms is None else f"{one.median_ms / 1000:.1f}",
            "; ".join(one.flags),
        )
        for one in result.of_each
    ]
    lines = [f"Flags: {result.rule}; advice, no exclusion by itself"]
    if weighted:
        value, ends = percent(weighted.win_rate)
        lines.append(
            f"DS-weighted win rate {value} {ends} (these raters, {weighted.n} judgments, "
            f"{weighted.win_rate.method}), {100 * weighted.change:+.1f} points from the plain "
            "prompt-weighted one"
        )
    header = ("Rater", "n", "Agrees", "Left", "Ties", "Gold", "Median s", "Stands out")
    gold = [] if result.gold_digest is None else [f"gold sha256 {result.gold_digest}"]
    digests = [f"data sha256 {result.data_digest}", *gold]
    print_table("Raters", header, rows, [*lines, *notes(result.notes), *digests])


def _share(count: Count) -> str:
    return "" if count.share is None else f"{count.share:.0%} of {count.of}"
