"""What commands on judgment tables share: the file, its columns and the pair."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from analysis.reading import TableError

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable


def add_table_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("judgments", metavar="JUDGMENTS", help=".csv, .jsonl or .parquet, one judgment a row")
    parser.add_argument("--candidate", help="only judgments of this candidate")
    parser.add_argument("--baseline", help="only judgments against this baseline")
    add_reading_arguments(parser)


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """How the file is read, and how the result is written."""
    parser.add_argument(
        "--columns", default="", metavar="KEY=NAME,…", help="your names: outcome=…,side=…,prompt=…,rater=…"
    )
    parser.add_argument(
        "--duplicates",
        choices=("refuse", "latest"),
        default="refuse",
        help="several judgments by one rater on one prompt: refuse (default), or keep the latest",
    )
    parser.add_argument(
        "--one-sided", action="store_true", help="accept that the candidate always stood on the same side"
    )
    parser.add_argument("--json", action="store_true", help="JSON for programs instead of a table")


def add_weighting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weighting", choices=("prompts", "judgments"), default="prompts", help="what counts once"
    )


def add_level(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--level", type=level, default=0.95, help="confidence level, 0.95 by default")


def level(text: str) -> float:
    """A confidence level from the command line."""
    from analysis.proportions import checked_level

    try:
        return checked_level(float(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 1 such as 0.95") from error


def whole(least: int) -> Callable[[str], int]:
    """A whole number from `least` up, from the command line."""

    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} up")
        return int(text)

    return parse


def read_table(arguments: argparse.Namespace, covariates: Sequence[str] = ()) -> JudgmentTable:
    """The judgments, of the pair that was asked for; a one-sided design only where --one-sided accepts it."""
    from analysis.position import refuse_one_sided_design

    table = read_file(arguments.judgments, arguments, covariates)
    if arguments.candidate is not None or arguments.baseline is not None:
        table = table.of_pair(arguments.candidate, arguments.baseline)
    if not arguments.one_sided:
        refuse_one_sided_design(table)
    return table


def read_file(path: str, arguments: argparse.Namespace, covariates: Sequence[str] = ()) -> JudgmentTable:
    """Every judgment of a file.  Raises: TableError, in the words of the command line."""
    from analysis.tables import read_judgments

    options = {"duplicates": arguments.duplicates, "covariates": covariates}
    try:
        return read_judgments(path, renames(arguments.columns), **options)
    except TableError as error:
        raise TableError(str(error).replace('duplicates="latest"', "--duplicates latest")) from error


def renames(text: str) -> dict[str, str]:
    """Our names -> the file's, from the command line."""
    chosen: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        key, sign, name = part.partition("=")
        if not sign or not name:
            raise TableError(f"--columns: {part!r} is not KEY=NAME, such as outcome=verdict")
        if key.strip() in chosen:
            raise TableError(f"--columns: {key.strip()} is given twice")
        chosen[key.strip()] = name
    return chosen
