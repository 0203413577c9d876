"""A report for the terminal and for programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from assay.reports.models import Estimate, Report
from assay.reports.wording import label, reading_order

OUTCOMES = ("wins", "ties", "losses")
COEFFICIENTS = ("judge_agreement", "agreement", "position_bias")
COLUMNS = ("win rate", "interval", "W/T/L", "prompts", "raters")


def as_json(report: Report) -> dict[str, Any]:
    """Every number with its interval, n and method; what was left out; digests and versions."""
    study = report.study
    return {
        "study": study.slug,
        "simulation": study.simulation,
        "imported": study.imported,
        "created_at": report.created_at.isoformat(),
        "judgments": report.judgments,
        "judgments_sha256": report.judgments_sha256,
        "design_sha256": report.design_sha256,
        "left_out": report.left_out,
        "versions": report.versions,
        "estimates": [estimate_as_json(row) for row in sorted(report.estimates.all(), key=reading_order)],
    }


def estimate_as_json(estimate: Estimate) -> dict[str, Any]:
    fields = (
        "name",
        "slice",
        "candidate",
        "baseline",
        "value",
        "low",
        "high",
        "level",
        "n",
        "method",
        "detail",
    )
    return {field: getattr(estimate, field) for field in fields}


def print_report(report: Report, estimates: Sequence[Estimate], console: Console) -> None:
    """estimates: the report's, in names that the reader may know."""
    study = report.study
    title = f"{study.title}: {report.judgments} judgments"
    table = Table(box=SIMPLE_HEAD, title=title, caption=caption(report, estimates))
    table.pad_edge, table.padding = False, (0, 1, 0, 0)
    table.add_column("part", min_width=23)
    for heading in COLUMNS:
        table.add_column(heading, justify="right", no_wrap=True)
    for estimate in sorted(estimates, key=reading_order):
        table.add_row(label(estimate), *numbers(estimate))
    table.title_justify = table.caption_justify = "left"
    console.print(table)


def numbers(estimate: Estimate) -> list[str]:
    outcomes = "/".join(str(estimate.detail.get(name, "–")) for name in OUTCOMES)
    counts = [outcomes, *(str(estimate.detail.get(name, "–")) for name in ("prompts", "raters"))]
    if estimate.name in COEFFICIENTS and estimate.value is not None:
        return [f"{estimate.value:.2f}", f"[{estimate.low:.2f}, {estimate.high:.2f}]", *counts]
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return ["–", "too few", *counts]
    return [f"{estimate.value:.1%}", f"[{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]", *counts]


def caption(report: Report, estimates: Iterable[Estimate]) -> str:
    """What must be read with the numbers: simulation and its truth, an import, and what was not counted."""
    whose = "the model with the lower number" if report.study.is_blinded else "the candidate"
    lines = [f"Win rate of {whose}, ties split evenly, with its 95% interval."]
    if report.study.is_blinded:
        lines.append("The study is blinded: which checkpoint is Model 1 is told once it is unblinded.")
    if report.study.simulation:
        lines.append(f"Simulated raters; true win rate {report.study.simulation['truth']['win_rate']:.1%}.")
    if imported := report.study.imported:
        lines.append(
            f"Judged elsewhere, imported of {imported['file']} (SHA-256 {imported['sha256'][:12]}…)."
        )
    lines += [note for row in estimates for note in row.detail.get("notes", []) if not row.slice]
    lines += [f"Not counted: {n} {reason}." for reason, n in report.left_out.items()]
    return "\n".join(lines)
