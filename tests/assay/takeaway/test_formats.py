"""Rows as files: RFC 4180, nothing that a spreadsheet would run, one set of bytes for one set of rows."""

import csv
import gzip
import io
import json

import pyarrow.parquet as pq
import pytest

from analysis.tables import read_judgments
from analysis.win_rate import win_rate
from assay.reports.refresh import refresh
from assay.takeaway.formats import write
from assay.takeaway.kinds import KINDS, checked
from raters.studies.unblinding import unblind
from tests.assay.takeaway.conftest import exported, rows_of

EVERY = [(kind, format_) for kind, known in KINDS.items() for format_ in known.formats]


def test_two_exports_of_the_same_data_are_byte_equal(judged):
    refresh(judged)
    first = {one: exported(judged, *one) for one in EVERY}
    second = {one: exported(judged, *one) for one in EVERY}
    assert [one for one in EVERY if first[one] != second[one]] == []
    assert all(first[one] for one in EVERY if one[0] != "safety")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_a_cell_that_a_spreadsheet_would_run_is_text(start):
    out = io.BytesIO()
    write(out, "csv", [{"comment": f"{start}1+1", "n": -1}], {"comment": "string", "n": "int"})
    [_, record] = csv.reader(io.StringIO(out.getvalue().decode(), newline=""))
    assert record == [f"'{start}1+1", "-1"]


def test_records_of_csv_end_and_quote_as_the_rfc_says():
    out = io.BytesIO()
    write(out, "csv", [{"a": 'He said "no",\nthen left'}], {"a": "string", "b": "bool"})
    assert out.getvalue() == b'a,b\r\n"He said ""no"",\nthen left",\r\n'


def test_csv_parquet_and_jsonl_hold_the_same_rows(judged):
    lines = rows_of(judged, "judgments")
    table = list(csv.DictReader(io.StringIO(exported(judged, "judgments", "csv").decode(), newline="")))
    columnar = pq.read_table(io.BytesIO(exported(judged, "judgments", "parquet"))).to_pylist()
    for line, record, row in zip(lines, table, columnar, strict=True):
        assert line["id"] == record["id"] == row["id"]
        assert line["extra"]["outcome"] == record["extra.outcome"] == row["extra.outcome"]
        assert line["strength"] == int(record["strength"]) == row["strength"]
        assert row["extra.self_identified"] is False and record["extra.self_identified"] == "false"


def test_gzip_holds_the_plain_file_and_no_time(judged):
    zipped = exported(judged, "judgments", "jsonl.gz")
    assert gzip.decompress(zipped) == exported(judged, "judgments") and zipped[4:8] == b"\0\0\0\0"


def test_the_csv_of_counted_judgments_gives_the_reports_win_rate(judged, tmp_path):
    unblind(judged, "all is in")
    path = tmp_path / "judgments.csv"
    path.write_bytes(exported(judged, "judgments", "csv", counted=True))
    names = {"outcome": "extra.outcome", "side": "extra.side", "candidate": "extra.first"}
    rate = win_rate(read_judgments(path, names | {"baseline": "extra.second"}))
    estimate = refresh(judged).estimates.get(name="win_rate", slice="")
    assert (rate.value, rate.low, rate.high) == pytest.approx((estimate.value, estimate.low, estimate.high))


@pytest.mark.parametrize(
    ("kind", "format_", "filters", "message"),
    [
        ("votes", "csv", {}, "kind: 'votes' is not one of judgments, "),
        ("judgments", "xlsx", {}, "go out as jsonl, jsonl.gz, csv, csv.gz, parquet, not as 'xlsx'"),
        ("responses", "csv", {"rule": "each"}, "'rule' is none of those of responses: category"),
        ("judgments", "csv", {"counted": "yes"}, "counted is true or false, not 'yes'"),
        ("preferences", "jsonl", {"rule": "most"}, "one of majority, unanimous, each, not 'most'"),
        ("judgments", "csv", {"category": 3}, "category is a text, not 3"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_what_can(kind, format_, filters, message):
    with pytest.raises(ValueError, match=message):
        checked(kind, format_, filters)


def test_an_object_in_a_cell_is_json(rich):
    record = next(csv.DictReader(io.StringIO(exported(rich, "judgments", "csv").decode(), newline="")))
    assert set(json.loads(record["safety"])) == {"left", "right"}
