"""A study's reports as JSON: every number with its interval, n and method; under the names that are shown."""

import json
from collections.abc import Iterator
from typing import Any

from assay.reports.arms import model_number
from assay.reports.blinding import ENDS, rounded
from assay.reports.judgments import arm_names
from assay.reports.models import Estimate, Report
from assay.reports.printing import as_json, estimate_as_json
from assay.reports.wording import reading_order
from assay.takeaway.source import Row, Source

COUNTS = {"wins": "losses", "ties": "ties", "losses": "wins"}
FLIPS = "win_rate"  # of these the share is the other's, seen from the other side; other shares are of both


def report_pieces(source: Source) -> Iterator[str]:
    """All reports, the newest first, one a piece."""
    yield f'{{"schema":"reports/1","study":{json.dumps(source.study.slug)},"reports":['
    comma = ""
    for report in reports_of(source).iterator(chunk_size=20):
        yield comma + json.dumps(one_report(source, report), ensure_ascii=False, allow_nan=False)
        comma = ",\n"
    yield "]}\n"


def how_many(source: Source) -> int:
    return reports_of(source).count()


def reports_of(source: Source) -> Any:
    return source.study.reports.prefetch_related("estimates")


def one_report(source: Source, report: Report) -> Row:
    if not source.study.is_blinded:
        return as_json(report)
    estimates = [blinded(source, row) for row in sorted(report.estimates.all(), key=reading_order)]
    estimates.sort(key=lambda row: (row["first"], row["second"], row["name"], row["slice"]))
    return as_json(report) | {"estimates": estimates}


def blinded(source: Source, estimate: Estimate) -> Row:
    """The estimate about the models by number, the lower one first; of its details the counts alone."""
    keys = {"": ""} | {name: source.names[arm] for arm, name in arm_names(source.study).items()}
    a, b = keys[estimate.candidate], keys[estimate.baseline]
    row = estimate_as_json(estimate)
    detail = {name: value for name, value in row["detail"].items() if name in {*COUNTS, "prompts", "raters"}}
    kept = {name: row[name] for name in ("name", "slice", "level", "n", "method")}
    ends = {name: rounded(row[name]) for name in ENDS}
    if not b or model_number(a) < model_number(b):  # without b it is of one arm alone
        return {"first": a, "second": b, **kept, **ends, "detail": detail}
    if FLIPS in row["name"] and row["value"] is not None:
        ends = {"value": 1 - row["value"], "low": 1 - row["high"], "high": 1 - row["low"]}
        ends = {name: rounded(end) for name, end in ends.items()}
    turned = {COUNTS.get(name, name): value for name, value in detail.items()}
    return {"first": b, "second": a, **kept, **ends, "detail": turned}
