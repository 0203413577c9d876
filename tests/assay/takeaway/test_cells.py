"""What becomes of single values in a file: text as it is, what is missing as missing, numbers that are none refused."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest

from assay.takeaway.formats import write


def written(name, rows, **columns) -> bytes:
    out = io.BytesIO()
    write(out, name, rows, columns)
    return out.getvalue()


def records(rows, **columns) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written("csv", rows, **columns).decode(), newline="")))


def parquet(rows, **columns) -> pq.ParquetFile:
    return pq.ParquetFile(io.BytesIO(written("parquet", rows, **columns)))


def test_text_of_any_script_goes_out_as_it_is():
    assert written("jsonl", [{"text": "Käse 茶"}], text="string").decode() == '{"text":"Käse 茶"}\n'
    assert records([{"of": {"text": "Käse 茶"}}], of="json") == [{"of": '{"text":"Käse 茶"}'}]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_json_has_not_is_refused(value):
    with pytest.raises(ValueError, match="JSON"):
        written("jsonl", [{"share": value}], share="float")


def test_objects_in_cells_have_their_names_in_one_order():
    [one] = records([{"criteria": {"style": 1, "accuracy": 2}}], criteria="json")
    assert one["criteria"] == '{"accuracy":2,"style":1}'


def test_what_is_missing_anywhere_on_the_way_is_an_empty_cell():
    rows = [{"a": {"b": {"c": 0}}}, {"a": {"b": None}}, {"a": None}, {}]
    assert [one["a.b.c"] for one in records(rows, **{"a.b.c": "int"})] == ["0", "", "", ""]


def test_a_yes_or_no_that_was_not_given_is_neither_in_parquet():
    rows = [{"both_bad": True}, {"both_bad": False}, {"both_bad": None}]
    assert parquet(rows, both_bad="bool").read().to_pylist() == rows
    assert [one["both_bad"] for one in records(rows, both_bad="bool")] == ["true", "false", ""]


@pytest.mark.parametrize(("rows", "groups"), [(0, []), (2_000, [2_000]), (4_001, [2_000, 2_000, 1])])
def test_parquet_is_written_a_bounded_group_of_rows_at_a_time(rows, groups):
    metadata = parquet(({"n": number} for number in range(rows)), n="int").metadata
    assert [metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)] == groups


def test_a_list_of_messages_stays_a_list_in_parquet_and_is_json_in_csv():
    messages = [{"role": "user", "content": "Say =1+1"}]
    assert parquet([{"prompt": messages}], prompt="messages").read().to_pylist() == [{"prompt": messages}]
    assert json.loads(records([{"prompt": messages}], prompt="json")[0]["prompt"]) == messages
