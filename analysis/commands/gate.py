"""`python -m analysis gate JUDGMENTS...`: is the new checkpoint at most a margin worse than the old one?

Exit codes: 0 pass or improvement, 10 fail, 11 inconclusive, 2 where the input cannot be used.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.judgments import add_reading_arguments, level, read_file
from analysis.commands.printing import notes, p_text, points, print_table, rests_on
from analysis.commands.results import print_json
from analysis.reading import TableError

if TYPE_CHECKING:
    from analysis.gate import Gate

NAME = "gate"
HELP = (
    "Pass, improvement, inconclusive or fail of a new checkpoint beside an old one, by a margin fixed before."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "judgments",
        nargs="+",
        metavar="JUDGMENTS",
        help=".csv, .jsonl or .parquet with candidate and baseline; several files are criteria that must all pass",
    )
    parser.add_argument("--old", required=True, metavar="NAME", help="the checkpoint in use")
    parser.add_argument("--new", required=True, metavar="NAME", help="the checkpoint to be let through")
    parser.add_argument("--margin", type=margin, default=5.0, metavar="POINTS", help="5 by default")
    parser.add_argument("--baseline", metavar="NAME", help="compare through this one, not directly")
    parser.add_argument(
        "--through",
        choices=("auto", "direct", "baseline"),
        default="auto",
        help="auto: new beside old where there is such a comparison, else through a common baseline",
    )
    parser.add_argument(
        "--level", type=above_half, default=0.95, help="confidence level above 0.5, 0.95 by default"
    )
    add_reading_arguments(parser)


def margin(text: str) -> float:
    """Percentage points."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of points between 0 and 100 such as 5")
    return value


def above_half(text: str) -> float:
    """The level of a one-sided bound, which lies on the safe side only above one half."""
    if (value := level(text)) <= 0.5:
        raise argparse.ArgumentTypeError(f"{text!r} is not a level above 0.5 such as 0.95")
    return value


def run(arguments: argparse.Namespace) -> int:
    from analysis.gate import EXIT_CODES, all_criteria, gate

    options = {
        name: getattr(arguments, name) for name in ("old", "new", "baseline", "through", "level", "one_sided")
    }
    gates = {
        name: gate(read_file(path, arguments), margin=arguments.margin / 100, **options)
        for name, path in _criteria(arguments.judgments).items()
    }
    single = next(iter(gates.values())) if len(gates) == 1 else None
    result = single or all_criteria(gates)
    if arguments.json:
        print_json(NAME, result.to_dict())
    else:
        _print(f"{arguments.new} beside {arguments.old}: {result.verdict}", gates)
    return EXIT_CODES[result.verdict]


def _print(title: str, gates: dict[str, Gate]) -> None:
    rows = [
        (
            name,
            one.verdict,
            *points(one.change),
            f"{100 * one.lower_bound:+.1f}",
            p_text(one.change.p),
            str(one.n),
        )
        for name, one in gates.items()
    ]
    levels = {f"{100 * one.change.level:g}%" for one in gates.values()}
    header = ("Criterion", "Verdict", "Change", f"{'/'.join(levels)} interval", "One-sided bound", "", "n")
    lines = [
        f"{name}, {one.kind}: {rests_on(one, one.change.method, one.weighting)}"
        for name, one in gates.items()
    ]
    margins = {f"-{100 * one.margin:g}" for one in gates.values()}
    print_table(
        title,
        header,
        rows,
        [
            f"passes where the one-sided bound lies above {'/'.join(margins)} points",
            *lines,
            *(line for one in gates.values() for line in notes(one.notes)),
            *(f"data sha256 {one.data_digest}" for one in gates.values()),
        ],
    )


def _criteria(paths: list[str]) -> dict[str, str]:
    """Name of each criterion -> its file."""
    named = {Path(path).stem: path for path in paths}
    if len(named) < len(paths):
        raise TableError("two of the files have the same name: a criterion is named for its file")
    return named
