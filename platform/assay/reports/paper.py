"""Both win rates of each candidate, safety and instruction following, in the form in which papers print them."""

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from assay.reports.blinding import arms_outside, estimates_for
from assay.reports.models import Estimate, Report
from raters.models import Rubric

KINDS: dict[str, str] = {Rubric.Kind.SAFETY: "safety", Rubric.Kind.INSTRUCTION: "instruction following"}
OUTCOMES = ("wins", "ties", "losses")
Pair = tuple[str, str]


def print_paper(reports: Sequence[Report], console: Console) -> None:
    """Three lines for each candidate: its win rate, the interval, and the shares of wins, ties and losses.

    Raises: ValueError where two of the studies give the same rate of the same pair.
    """
    found = rates(reports)
    table = Table(box=SIMPLE_HEAD, title="Win rate of each candidate", caption=caption(reports))
    table.pad_edge, table.padding = False, (0, 2, 0, 0)
    table.title_justify = table.caption_justify = "left"
    for heading in ("", *KINDS.values()):
        table.add_column(heading, no_wrap=True)
    for candidate, baseline in sorted({pair for pair, _ in found}):
        cells = [printed(found.get(((candidate, baseline), kind))) for kind in KINDS]
        heads = [candidate, f"  against {baseline}", "  win / tie / loss"]
        for row in zip(heads, *cells, strict=True):
            table.add_row(*row)
        table.add_section()
    console.print(table)


def rates(reports: Iterable[Report]) -> dict[tuple[Pair, str], Estimate]:
    """The headline of each pair and kind of rubric."""
    found: dict[tuple[Pair, str], Estimate] = {}
    for report in reports:
        for estimate in estimates_for(report, arms_outside(report.study)):
            if estimate.name != "win_rate" or estimate.slice:
                continue
            pair, kind = pair_of(estimate), report.study.rubric.kind
            if other := found.get((pair, kind)):
                raise ValueError(
                    f"{other.report.study.slug} and {report.study.slug} both give the {KINDS[kind]} rate of "
                    f"{pair[0]} against {pair[1]}: name one of them"
                )
            found[pair, kind] = estimate
    return found


def pair_of(estimate: Estimate) -> Pair:
    """Who is compared; under labels with the study's name, since another study's Model 1 is another checkpoint."""
    study = estimate.report.study
    of_study = f" of {study.slug}" if study.is_blinded else ""
    return f"{estimate.candidate}{of_study}", f"{estimate.baseline}{of_study}"


def printed(estimate: Estimate | None) -> tuple[str, str, str]:
    """Rate, interval and shares; dashes where there is no such study or too little in it."""
    if estimate is None or estimate.value is None or estimate.low is None or estimate.high is None:
        return "–", "–", "–"
    shares = (f"{estimate.detail[name] / estimate.n:.1%}" for name in OUTCOMES)
    return f"{estimate.value:.1%}", f"[{estimate.low:.1%}, {estimate.high:.1%}]", " / ".join(shares)


def caption(reports: Iterable[Report]) -> str:
    """What must be read with the numbers: how ties count, and which judgments no person gave."""
    lines = ["Ties count half. 95% intervals allow for new prompts and new raters."]
    for study in (report.study for report in reports):
        if simulated := study.simulation:
            truth = simulated["truth"]["win_rate"]
            lines.append(f"{study.slug}: simulated raters; true win rate {truth:.1%}.")
        if imported := study.imported:
            lines.append(f"{study.slug}: judged elsewhere, imported of {imported['file']}.")
    return "\n".join(lines)
