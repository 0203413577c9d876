import numpy as np
import pandas as pd
import pytest

from analysis.tables import TableError, read_judgments

HEADER = "prompt_id,rater_id,outcome"
ROWS = ("p1,ann,win", "p2,ann,tie", "p1,bob,loss")


def test_a_csv_file_becomes_sorted_codes_and_labels(judgments_csv):
    table = read_judgments(judgments_csv(HEADER, *ROWS))
    assert table.prompt.labels == ("p1", "p2")
    assert table.rater.labels == ("ann", "bob")
    assert table.prompt.codes.tolist() == [0, 0, 1]
    assert table.points.tolist() == [2, 0, 1]
    assert table.side is None


def test_columns_are_renamed_by_short_or_full_names(judgments_csv):
    path = judgments_csv("item,who,verdict,where", "1,a,win,left", "2,a,loss,right")
    table = read_judgments(path, {"prompt": "item", "rater_id": "who", "outcome": "verdict", "side": "where"})
    assert table.side is not None
    assert table.side.tolist() == [1, -1]


def test_quoted_cells_keep_commas_lines_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "judgments.csv"
    path.write_bytes(b'\xef\xbb\xbfprompt_id,rater_id,outcome\r\n"p,1","a\nb",win\r\np2,"a ""b""",tie\r\n')
    table = read_judgments(path)
    assert table.prompt.labels == ("p,1", "p2")
    assert table.rater.labels == ("a\nb", 'a "b"')


def test_numbers_as_identifiers_are_read_as_text():
    frame = pd.DataFrame({"prompt_id": [1, 2], "rater_id": np.array([7, 7]), "outcome": ["win", "tie"]})
    assert read_judgments(frame).prompt.labels == ("1", "2")


def test_optional_columns_may_be_empty_where_nothing_is_known(judgments_csv):
    path = judgments_csv(
        f"{HEADER},side,category,shown_at,active_ms,both_bad",
        "p1,ann,win,,coding,2026-03-01T10:00:00+01:00,1200,false",
        "p2,ann,tie,left,,,,yes",
    )
    table = read_judgments(path)
    assert table.side.tolist() == [0, 1]
    assert table.category.values() == ["coding", ""]
    assert table.shown_at[0] == np.datetime64("2026-03-01T09:00:00")
    assert np.isnat(table.shown_at[1])
    assert np.isnan(table.active_ms[1])
    assert table.both_bad.tolist() == [False, True]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("p3,ann,wim", r"row 4 \(line 5\), column outcome: 'wim' is not win, tie or loss"),
        ("p3,ann,", r"row 4 \(line 5\), column outcome: is empty, not win, tie or loss"),
        ("p3,ann,Win", r"row 4 .*'Win' is not"),
        (",ann,win", r"row 4 \(line 5\), column prompt_id: is empty"),
        ("NaN,ann,win", r"row 4 \(line 5\), column prompt_id: is NaN"),
        ("p3,  ,win", r"row 4 \(line 5\), column rater_id: is empty"),
        ("p3,ann", r"row 4 \(line 5\): 2 cells under 3 columns"),
        ("p3,ann,win,x", r"row 4 \(line 5\): 4 cells under 3 columns"),
        (
            "p2,ann,win",
            r"row 4 \(line 5\), .*prompt 'p2' and rater 'ann' are judged in row 2 \(line 3\) already",
        ),
        ('p3,"ann,win', r"not a CSV file in UTF-8: line"),
    ],
)
def test_a_bad_row_is_named(judgments_csv, row, message):
    with pytest.raises(TableError, match=message):
        read_judgments(judgments_csv(HEADER, *ROWS, row))


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("side", "top", r"row 2 \(line 3\), column side: 'top' is not left, right or empty"),
        ("active_ms", "-1", "column active_ms: '-1' is not a number of milliseconds"),
        ("active_ms", "nan", "column active_ms: 'nan' is not"),
        ("active_ms", "1_000", "column active_ms: '1_000' is not a number of milliseconds"),
        ("category", "nan", "column category: is nan; leave the cell empty where there is none"),
        ("shown_at", "yesterday", "column shown_at: 'yesterday' is not an ISO 8601 time"),
        ("shown_at", "2026-03-01T10:00:00", "times with and without an offset"),
        ("both_bad", "maybe", "column both_bad: 'maybe' is not true or false"),
        ("both_bad", "true", 'is true beside the outcome "loss"; it goes with a tie'),
        ("candidate", "", "column candidate: is empty"),
    ],
)
def test_a_bad_optional_cell_is_named(judgments_csv, column, cell, message):
    good = {
        "side": "left",
        "active_ms": "5",
        "shown_at": "2026-03-01T10:00:00Z",
        "both_bad": "no",
        "candidate": "x",
        "category": "math",
    }
    path = judgments_csv(f"{HEADER},{column}", f"p1,ann,win,{good[column]}", f"p2,ann,loss,{cell}")
    with pytest.raises(TableError, match=message):
        read_judgments(path)


def test_a_missing_column_is_named_beside_those_there_are(judgments_csv):
    path = judgments_csv("prompt_id,rater_id,verdict", "p1,ann,win")
    with pytest.raises(
        TableError, match="column 'outcome' is missing; the table has: prompt_id, rater_id, verdict"
    ):
        read_judgments(path)
    with pytest.raises(TableError, match=r"column 'result' \(asked for as outcome\) is missing"):
        read_judgments(path, {"outcome": "result"})


def test_a_rename_of_no_column_of_ours_is_refused(judgments_csv):
    with pytest.raises(TableError, match=r"'winner' is not one of .*outcome"):
        read_judgments(judgments_csv(HEADER, *ROWS), {"winner": "outcome"})


def test_a_column_that_stands_twice_is_refused(judgments_csv):
    with pytest.raises(TableError, match="'outcome' stands twice"):
        read_judgments(judgments_csv(f"{HEADER},outcome", "p1,ann,win,loss", "p2,ann,win,loss"))


def test_fewer_than_two_prompts_are_refused(judgments_csv):
    with pytest.raises(TableError, match="column prompt_id: only one prompt, 'p1'"):
        read_judgments(judgments_csv(HEADER, "p1,ann,win", "p1,bob,win"))


@pytest.mark.parametrize("lines", [(HEADER,), ("",)])
def test_a_table_without_judgments_is_refused(judgments_csv, lines):
    with pytest.raises(TableError, match=r"no judgments|is missing"):
        read_judgments(judgments_csv(*lines))


def test_missing_files_and_other_formats_are_refused(tmp_path):
    with pytest.raises(TableError, match=r"none\.csv: cannot be read: No such file"):
        read_judgments(tmp_path / "none.csv")
    with pytest.raises(TableError, match=r"from \.csv, \.jsonl or \.parquet files, not \.xlsx"):
        read_judgments(tmp_path / "book.xlsx")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2 is not JSON"),
        ("[1]", "line 2: a JSON object is needed"),
        (
            '{"prompt_id": "p2", "rater_id": "a", "outcome": null}',
            r"row 2 \(line 2\), column outcome: is empty",
        ),
        ('{"prompt_id": ["p2"], "rater_id": "a", "outcome": "win"}', "a cell holds list"),
    ],
)
def test_a_bad_jsonl_line_is_named(tmp_path, line, message):
    path = tmp_path / "judgments.jsonl"
    path.write_text('{"prompt_id": "p1", "rater_id": "a", "outcome": "win"}\n' + line + "\n")
    with pytest.raises(TableError, match=message):
        read_judgments(path)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_a_missing_cell_of_a_frame_is_named(missing):
    frame = pd.DataFrame({"prompt_id": ["p1", "p2"], "rater_id": ["a", "a"], "outcome": ["win", missing]})
    with pytest.raises(TableError, match="row 2, column outcome: is empty"):
        read_judgments(frame)


TWICE = (
    f"{HEADER},shown_at",
    "p1,ann,loss,2026-03-02T00:00:00Z",
    "p1,ann,win,2026-03-01T00:00:00Z",
    "p2,ann,tie,2026-03-01T00:00:00Z",
)


def test_the_latest_of_a_duplicated_judgment_is_kept_when_asked(judgments_csv):
    table = read_judgments(judgments_csv(*TWICE), duplicates="latest")
    assert table.points.tolist() == [0, 1]
    assert table.notes == (
        "1 earlier judgments gave way to a later one of the same prompt and rater (by shown_at)",
    )


def test_without_times_the_last_row_is_the_latest_and_the_table_says_so(judgments_csv):
    path = judgments_csv(HEADER, "p1,ann,loss", "p2,ann,tie", "p1,ann,win", "p1,ann,tie")
    table = read_judgments(path, duplicates="latest")
    assert table.points.tolist() == [1, 1]
    assert "2 earlier judgments" in table.notes[0]
    assert "row order" in table.notes[0]


@pytest.mark.parametrize("time", ["", "2026-03-02T00:00:00Z"])
def test_a_latest_that_cannot_be_told_is_refused(judgments_csv, time):
    path = judgments_csv(*TWICE[:2], f"p1,ann,win,{time}", TWICE[3])
    with pytest.raises(TableError, match=r"column shown_at: .*which is the latest"):
        read_judgments(path, duplicates="latest")


def test_one_rater_may_judge_one_prompt_for_several_pairs(judgments_csv):
    path = judgments_csv(f"{HEADER},candidate,baseline", "p1,a,win,x,z", "p1,a,loss,y,z", "p2,a,win,x,z")
    table = read_judgments(path)
    assert table.pairs == (("x", "z"), ("y", "z"))
    assert len(table.of_pair("x")) == 2
    assert table.of_pair(baseline="z") is table
    with pytest.raises(TableError, match="no judgment has the candidate 'w'; there are: x, y"):
        table.of_pair("w")


def test_equal_times_with_any_difference_are_refused_in_either_order():
    rows = {
        "prompt_id": ["p1", "p1", "p2"],
        "rater_id": ["ann", "ann", "ann"],
        "outcome": ["win", "win", "loss"],
        "side": ["left", "right", "left"],
        "shown_at": ["2026-03-01T10:00:00"] * 3,
    }
    with pytest.raises(TableError, match="the same time as row 1, but another judgment"):
        read_judgments(rows, duplicates="latest")
    alike = read_judgments(rows | {"side": ["left"] * 3}, duplicates="latest")
    assert len(alike) == 2


def test_a_covariate_that_is_named_twice_is_refused(judgments_csv):
    with pytest.raises(TableError, match="covariates: 'x' is given twice"):
        read_judgments(judgments_csv(HEADER, *ROWS), covariates=["x", "x"])
