"""`python -m analysis agreement JUDGMENTS`: alpha, AC1 and raw agreement, with bootstrap intervals."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.commands.judgments import add_level, add_table_arguments, read_table, whole
from analysis.commands.plots import ID_PREFIX, add_plot_argument
from analysis.commands.printing import notes, print_table, rests_on
from analysis.commands.results import tell

if TYPE_CHECKING:
    from analysis.agreement import Agreement, Coefficient

NAME = "agreement"
HELP = "Agreement beyond chance: Krippendorff's alpha (nominal and interval) and Gwet's AC1."
NAMES = {
    "alpha_nominal": "Krippendorff's alpha, nominal",
    "alpha_interval": "Krippendorff's alpha, interval",
    "ac1": "Gwet's AC1",
}
ADVICE = (
    "alpha is low where nearly all agree on one outcome, AC1 is not: read both. Crowd judgments of language models "
    "lie near alpha .2 to .35, trained raters' near .85; neither is a gate."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    add_level(parser)
    parser.add_argument("--draws", type=whole(1), default=1000, help="bootstrap draws, 1000 by default")
    parser.add_argument("--seed", type=whole(0), default=0, help="seed of the bootstrap, 0 by default")
    add_plot_argument(parser, "the coefficients")


def run(arguments: argparse.Namespace) -> int:
    from analysis.agreement import agreement

    options = {"level": arguments.level, "draws": arguments.draws, "seed": arguments.seed}
    result = agreement(read_table(arguments), **options)
    return tell(arguments, NAME, result, _print, _forest)


def _coefficients(result: Agreement) -> list[tuple[str, Coefficient]]:
    return [(name, getattr(result, field)) for field, name in NAMES.items()]


def _forest(result: Agreement) -> str:
    from analysis.charts import COEFFICIENTS, forest_plot
    from analysis.forest_rows import CoefficientRow

    rows = [
        CoefficientRow(name, one.value, one.low, one.high, result.n)
        if one.low is not None
        else CoefficientRow(name, None, None, None, result.n)
        for name, one in _coefficients(result)
    ]
    told = "Coefficients of agreement; 0 is what chance gives, 1 is perfect"
    options = {"id_prefix": ID_PREFIX, "title": "Agreement", "description": told}
    return forest_plot(rows, reference=0.0, axis=COEFFICIENTS, **options)


def _print(result: Agreement) -> None:
    rows = [("percent agreement of pairs", f"{result.percent_agreement:.1%}", "")]
    for name, one in _coefficients(result):
        value = "not defined" if one.value is None else f"{one.value:.3f}"
        rows.append((name, value, "" if one.low is None else f"[{one.low:.3f}, {one.high:.3f}]"))
    print_table(
        "Agreement",
        ("Measure", "Value", f"{100 * result.alpha_nominal.level:g}% interval"),
        rows,
        [
            rests_on(result, result.alpha_nominal.method, "units"),
            f"{result.units} units judged twice or more, {result.single_units} once; "
            f"seed {result.seed}, {result.draws} draws",
            ADVICE,
            *notes(result.notes),
            f"data sha256 {result.data_digest}",
        ],
    )
