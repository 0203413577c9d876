import sys

import pandas as pd
import pytest

from analysis.tables import TableError, read_judgments
from analysis.win_rate import win_rate

ROWS = pd.DataFrame(
    {
        "prompt_id": [f"p{row // 2}" for row in range(24)],
        "rater_id": [f"r{row % 6}" for row in range(24)],
        "outcome": ["win", "tie", "loss", "win"] * 6,
        "both_bad": [False] * 24,
    }
)


def test_parquet_csv_jsonl_and_a_frame_give_the_same_numbers(tmp_path):
    ROWS.to_parquet(tmp_path / "rows.parquet")
    ROWS.to_csv(tmp_path / "rows.csv", index=False)
    ROWS.to_json(tmp_path / "rows.jsonl", orient="records", lines=True)
    sources = [ROWS, *(tmp_path / f"rows.{end}" for end in ("parquet", "csv", "jsonl"))]
    first, *others = [win_rate(read_judgments(source)) for source in sources]
    assert others == [first] * 3


def test_a_bad_cell_in_parquet_is_named_by_its_row(tmp_path):
    ROWS.assign(outcome=["won", *ROWS.outcome[1:]]).to_parquet(tmp_path / "rows.parquet")
    with pytest.raises(TableError, match="row 1, column outcome: 'won' is not win, tie or loss"):
        read_judgments(tmp_path / "rows.parquet")


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "rows.parquet").write_text("prompt_id,rater_id,outcome\n")
    with pytest.raises(TableError, match=r"rows\.parquet: cannot be read as Parquet"):
        read_judgments(tmp_path / "rows.parquet")


def test_without_pyarrow_the_message_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "rows.parquet").write_text("")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TableError, match="Parquet needs pyarrow: pip install pyarrow"):
        read_judgments(tmp_path / "rows.parquet")
