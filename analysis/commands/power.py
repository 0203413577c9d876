"""`python -m analysis power`: what a design will be able to tell, before it is run."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.commands.gate import margin
from analysis.commands.judgments import add_level, add_reading_arguments, read_table
from analysis.commands.printing import notes, print_table
from analysis.commands.results import print_json
from analysis.reading import TableError

if TYPE_CHECKING:
    from analysis.power import Plan

NAME = "power"
HELP = "Half-width, detectable difference and gate power of a design, from prior moments or a study's own."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prompts", type=int, default=400, help="400 by default")
    parser.add_argument(
        "--ratings", type=int, default=3, help="per prompt, by different raters; 3 by default"
    )
    parser.add_argument("--raters", type=int, default=20, help="in the pool; 20 by default")
    parser.add_argument(
        "--margin", type=margin, default=5.0, metavar="POINTS", help="of a gate; 5 by default"
    )
    parser.add_argument("--half-width", type=margin, metavar="POINTS", help="say how many prompts reach this")
    add_level(parser)
    parser.add_argument(
        "--moments", dest="judgments", metavar="JUDGMENTS", help="take variances from this study"
    )
    parser.add_argument("--candidate", help="only judgments of this candidate")
    parser.add_argument("--baseline", help="only judgments against this baseline")
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    from analysis.moments import PRIOR, moments
    from analysis.power import plan, prompts_for

    table = read_table(arguments) if arguments.judgments else None
    own = PRIOR if table is None else moments(table)
    options = {"moments": own, "level": arguments.level}
    design = (arguments.prompts, arguments.ratings, arguments.raters)
    try:
        result = plan(*design, margin=arguments.margin / 100, **options)
    except ValueError as error:
        raise TableError(str(error)) from error
    needed: dict[str, object] = {}
    if arguments.half_width:
        wanted = arguments.half_width / 100
        needed = {"wanted": wanted, "prompts_needed": prompts_for(wanted, *design[1:], **options)}
    if arguments.json:
        source: dict[str, object] = {"moments_from": "prior", "data_digest": None}
        if table is not None:
            source = {"moments_from": "the study's own", "data_digest": table.digest}
        print_json(NAME, source | result.to_dict() | needed)
    else:
        _print(result, needed, "prior" if table is None else f"data sha256 {table.digest}")
    return 0


def _print(result: Plan, needed: dict[str, object], source: str) -> None:
    m = result.moments
    lines = [f"variances: prompts {m.prompt:.4f}, judgments {m.within:.4f}, raters {m.rater:.4f} ({source})"]
    if needed:
        prompts = needed["prompts_needed"]
        lines.append(
            "no number of prompts reaches this half-width with these raters: more raters are needed"
            if prompts is None
            else f"prompts for that half-width: {prompts}"
        )
    print_table(
        "Power",
        ("Design", "Judgments", f"{100 * result.level:g}% half-width", "Detectable", "Gate power"),
        [
            (
                f"{result.prompts} prompts x {result.ratings}, {result.raters} raters",
                str(result.judgments),
                f"{100 * result.half_width:.1f} points",
                f"{100 * result.detectable:.1f} points",
                f"{result.gate_power:.0%} at margin {100 * result.margin:g}",
            )
        ],
        [f"detectable with a chance of {result.power:.0%}; {result.method}", *lines, *notes(result.notes)],
    )
