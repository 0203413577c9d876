"""`python -m analysis prediction JUDGMENTS --judge JUDGE.csv`: raters on some prompts, a judge model on more."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.columns import number
from analysis.commands.judgments import add_level, add_table_arguments, read_table
from analysis.commands.printing import notes, percent, print_table, rests_on
from analysis.commands.results import tell
from analysis.commands.verdicts import read_verdicts

if TYPE_CHECKING:
    from analysis.prediction_powered import PredictionPowered

NAME = "prediction"
HELP = "Win rate by raters, tightened by a language model's verdicts on more prompts, without trusting them."
WORDS = {"win": 1.0, "tie": 0.5, "loss": 0.0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    parser.add_argument(
        "--judge",
        required=True,
        type=Path,
        metavar="JUDGE",
        help=".csv, .jsonl or .parquet: prompt_id,verdict: win, tie, loss, or 0 to 1",
    )
    add_level(parser)


def run(arguments: argparse.Namespace) -> int:
    from analysis.prediction_powered import prediction_powered

    result = prediction_powered(read_table(arguments), read_judge(arguments.judge), level=arguments.level)
    return tell(arguments, NAME, result, _print)


def _print(result: PredictionPowered) -> None:
    print_table(
        "Prediction-powered win rate",
        ("Win rate", "Value", f"{100 * result.win_rate.level:g}% interval"),
        [
            ("raters and judge", *percent(result.win_rate)),
            ("raters alone (headline)", *percent(result.raters_alone)),
            ("judge alone, no interval for raters", f"{result.judge_alone:.1%}", ""),
        ],
        [
            rests_on(result, result.win_rate.method, result.win_rate.weighting),
            f"{result.prompts} prompts by raters, {result.judged_prompts} by the judge; correlation "
            f"{result.correlation:.2f}, used at {result.power:.2f}, width {result.width_ratio:.2f} of raters alone",
            "Valid where the raters' prompts were drawn at random from all.",
            *notes(result.notes),
            f"data sha256 {result.data_digest}, judge sha256 {result.judge_digest}",
        ],
    )


def read_judge(path: Path) -> dict[str, float]:
    """Prompt -> share for the candidate, from words or numbers."""
    return read_verdicts(path, "verdict", _share, "win, tie, loss or a number from 0 to 1")


def _share(cell: str) -> float:
    share = WORDS[cell] if cell in WORDS else number(cell)
    if not 0 <= share <= 1:
        raise ValueError(cell)
    return share
