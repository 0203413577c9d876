import hashlib
import json
import struct

import numpy as np
import pandas as pd
import pytest

from analysis.columns import Labelled
from analysis.digests import digest
from analysis.safety_tables import read_safety
from analysis.tables import JudgmentTable, read_judgments

HEADER = "prompt_id,rater_id,outcome"
ROWS = ("p1,ann,win", "p2,ann,tie", "p1,bob,loss")
COLUMNS = {
    "prompt_id": ["1", "2", "1", "2"],
    "rater_id": ["7", "7", "8", "8"],
    "outcome": ["win", "tie", "loss", "win"],
    "category": ["b", "", "b", ""],
    "side": ["left", "right", "", "left"],
    "shown_at": ["2026-01-01T10:00:00+02:00", "2026-01-01T09:00:00Z", "2026-01-02T00:00Z", ""],
    "active_ms": ["900", "", "1e3", "0"],
    "both_bad": ["no", "yes", "0", "false"],
}


def documented(rows, *columns):
    """The format of docs/statistics.md, done slowly: names as (labels, codes), numbers as (kind, format, values)."""
    head = [
        [name, "names", len(first)] if isinstance(first, list) else [name, first]
        for name, first, *_ in columns
    ]
    text = json.dumps({"rows": rows, "columns": head}, separators=(",", ":")).encode() + b"\n"
    for _, first, *rest in columns:
        if isinstance(first, list):
            text += b"".join(struct.pack("<I", len(label)) for label in first)
            text += "".join(first).encode()
            text += b"".join(struct.pack("<I", code) for code in rest[0])
        else:
            text += b"".join(struct.pack(rest[0], value) for value in rest[1])
    return hashlib.sha256(text).hexdigest()


def test_csv_jsonl_frame_and_columns_have_one_digest(judgments_csv, tmp_path):
    rows = [dict(zip(HEADER.split(","), row.split(","), strict=True)) for row in ROWS]
    jsonl = tmp_path / "judgments.jsonl"
    jsonl.write_text("\n".join(json.dumps(row) for row in reversed(rows)))
    sources = [judgments_csv(HEADER, *ROWS), jsonl, pd.DataFrame(rows), pd.DataFrame(rows).to_dict("list")]
    assert len({read_judgments(source).digest for source in sources}) == 1


def test_the_digest_is_that_of_the_documented_bytes():
    nan = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000))[0]
    expected = documented(
        4,
        ("prompt_id", ["1", "2"], [0, 0, 1, 1]),
        ("rater_id", ["7", "8"], [0, 1, 0, 1]),
        ("category", ["", "b"], [1, 1, 0, 0]),
        ("outcome", "i1", "<b", [2, 0, 1, 2]),
        ("side", "i1", "<b", [1, 0, -1, 1]),
        ("shown_at", "i8", "<q", [1767254400000000, 1767312000000000, 1767258000000000, -(2**63)]),
        ("active_ms", "f8", "<d", [900.0, 1000.0, nan, 0.0]),
        ("both_bad", "i1", "<b", [0, 0, 1, 0]),
    )
    assert read_judgments(COLUMNS).digest == expected


def test_the_types_of_the_cells_are_not_in_the_digest():
    text = pd.DataFrame(COLUMNS)
    typed = text.assign(
        prompt_id=text.prompt_id.astype(int),
        rater_id=text.rater_id.astype("category"),
        outcome=text.outcome.astype("string[pyarrow]"),
        category=text.category.replace("", None),
        active_ms=[900, np.nan, 1000, 0],
        both_bad=[False, True, False, False],
        side=text.side.astype("category").cat.set_categories(["right", "left", "", "unused"]),
        shown_at=pd.to_datetime(text.shown_at, format="ISO8601", utc=True),
    )
    frames = (text, typed, text.astype("string[pyarrow]"), typed.sample(frac=1, random_state=1))
    assert len({read_judgments(frame).digest for frame in frames}) == 1


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_is_not_in_the_digest_even_of_a_table_made_by_hand(seed):
    table = read_judgments(COLUMNS)
    assert table.taken(np.random.default_rng(seed).permutation(4)).digest == table.digest


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": ["win", "tie", "loss", "loss"]},
        {"prompt_id": ["1", "3", "1", "3"]},
        {"prompt_id": ["1.0", "2", "1.0", "2"]},
        {"rater_id": ["7", "7", "8", "9"]},
        {"category": ["b", "c", "b", "c"]},
        {"side": ["left", "right", "right", "left"]},
        {"active_ms": ["900", "1", "1e3", "0"]},
        {"both_bad": ["no", "no", "0", "false"]},
        {"shown_at": ["2026-01-01T10:00:01+02:00", *COLUMNS["shown_at"][1:]]},
    ],
)
def test_whatever_the_table_says_is_in_the_digest(change):
    assert read_judgments(COLUMNS | change).digest != read_judgments(COLUMNS).digest


def test_a_column_that_is_not_there_is_not_one_that_says_nothing():
    empty = COLUMNS | {"side": [""] * 4}
    without = {name: cells for name, cells in COLUMNS.items() if name != "side"}
    assert read_judgments(empty).digest != read_judgments(without).digest


def test_names_do_not_run_into_each_other():
    def named(*labels):
        return digest({"prompt_id": Labelled(np.array([0, 1]), labels)}, ("prompt_id",))

    assert len({named("ab", "c"), named("a", "bc"), named("abc", ""), named("ab", "\ud800")}) == 4


def test_a_name_that_no_row_has_is_not_in_the_digest():
    points, rater = np.array([2, 0], np.int8), Labelled(np.array([0, 0]), ("r",))
    one = JudgmentTable(Labelled(np.array([0, 1]), ("a", "b")), rater, points)
    other = JudgmentTable(Labelled(np.array([0, 2]), ("a", "aa", "b")), rater, points)
    assert one.digest == other.digest


def test_both_zeros_are_one_number():
    def numbers(*values):
        return digest({"x": np.array(values)}, ("x",))

    assert numbers(-0.0, 1.0) == numbers(0.0, 1.0) != numbers(5e-324, 1.0)


def test_safety_labels_have_one_digest_however_the_words_are_written():
    labels = {
        "prompt_id": ["p", "q"],
        "rater_id": ["r", "r"],
        "checkpoint": ["x", "x"],
        "violation": ["yes", "no"],
    }
    same = {name: cells[::-1] for name, cells in labels.items()} | {"violation": ["0", "TRUE"]}
    assert read_safety(labels).digest == read_safety(same).digest
    assert read_safety(labels).digest != read_safety(labels | {"violation": ["yes", "unsure"]}).digest
