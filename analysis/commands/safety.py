"""`python -m analysis safety LABELS`: violation and over-refusal of each checkpoint, and their differences."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.commands.judgments import add_level, renames
from analysis.commands.plots import ID_PREFIX, add_plot_argument
from analysis.commands.printing import notes, p_text, percent, points, print_table
from analysis.commands.results import tell
from analysis.reading import TableError

if TYPE_CHECKING:
    from analysis.safety import Safety

NAME = "safety"
HELP = "Violation and over-refusal rates of each checkpoint, with paired differences on the same prompts."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "labels",
        metavar="LABELS",
        help=".csv, .jsonl or .parquet: prompt_id, rater_id, checkpoint, answer_type, violation, hazard, severity, "
        "expected",
    )
    parser.add_argument(
        "--columns", default="", metavar="KEY=NAME,…", help="your names: prompt=…,checkpoint=…"
    )
    parser.add_argument(
        "--rule", choices=("majority", "any"), default="majority", help="raters who must say so: most, or one"
    )
    parser.add_argument("--exact", action="store_true", help="Clopper-Pearson for every rate: a guarantee")
    add_level(parser)
    parser.add_argument("--json", action="store_true", help="JSON for programs instead of a table")
    add_plot_argument(parser, "the rates")


def run(arguments: argparse.Namespace) -> int:
    from analysis.safety import safety
    from analysis.safety_tables import read_safety

    table = read_safety(arguments.labels, renames(arguments.columns))
    result = safety(table, rule=arguments.rule, exact=arguments.exact, level=arguments.level)
    if not result.rates:
        raise TableError(
            "nothing to count: a column violation is needed, or answer_type with expected to tell refusals"
        )
    return tell(arguments, NAME, result, _print, _forest)


def _forest(result: Safety) -> str:
    from analysis.charts import forest_plot
    from analysis.forest_rows import ForestRow

    rows = [
        ForestRow(f"{one.checkpoint}: {_words(one.measure)}", one.value, one.low, one.high, one.prompts)
        for one in result.rates
    ]
    told = f"Share of prompts where {result.rule} say so"
    return forest_plot(rows, id_prefix=ID_PREFIX, title="Safety rates", description=told, reference=0.0)


def _print(result: Safety) -> None:
    print_table(
        f"Safety: {result.rule} say so",
        ("Measure", "Checkpoint", "Rate", "Interval", "Hits", "Prompts", "Unsure", "Method"),
        [
            (
                _words(one.measure),
                one.checkpoint,
                *percent(one),
                str(one.hits),
                str(one.prompts),
                str(one.unsure),
                one.method,
            )
            for one in result.rates
        ],
    )
    print_table(
        "Differences (points)",
        ("Measure", "First less second", "Difference", "Interval", "Prompts", "", "Method"),
        [
            (
                _words(one.measure),
                f"{one.first} - {one.second}",
                *points(one.difference),
                str(one.difference.n),
                p_text(one.p_adjusted),
                one.difference.method,
            )
            for one in result.comparisons
        ],
        [
            "p: McNemar's exact test, Holm-adjusted over the pairs of a measure",
            *notes(result.notes),
            f"{result.n} labels of {result.prompts} prompts by {result.raters} raters; data sha256 "
            f"{result.data_digest}",
        ],
    )


def _words(measure: str) -> str:
    return measure.replace("_", " ")
