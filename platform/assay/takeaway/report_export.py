"""A study's reports as JSON: every number with its interval, n and method; under the names that are shown."""

import json
from collections.abc import Iterator
from typing import Any

from assay.reports.blinding import Arms, report_for
from assay.reports.models import Report
from assay.reports.printing import as_json
from assay.takeaway.source import Row, Source


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
    whole = report_for(report, Arms(source.names, is_blind=True))
    estimates = [by_place(row) for row in whole["estimates"]]
    estimates.sort(key=lambda row: (row["first"], row["second"], row["name"], row["slice"]))
    return whole | {"estimates": estimates}


def by_place(estimate: Row) -> Row:
    """Without roles, which nobody has while blinded: models by number, the lower one first."""
    row = dict(estimate)
    return {"first": row.pop("candidate"), "second": row.pop("baseline"), **row}
