"""A version goes out and comes in again as the same; a spreadsheet runs nothing of it."""

import csv
import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from promptsets.exporting import FORMULA_STARTS, formula_safe, record
from promptsets.formats.columns import Columns
from promptsets.importing import import_promptset
from tests import builders

LIBRARY = settings.BASE_DIR / "promptsets/library"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["instruction", "safety", "starter"])
@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_what_goes_out_comes_in_again_as_the_same_version(tmp_path, name, suffix):
    version = import_promptset(LIBRARY / name / "prompts.jsonl", slug=name).version
    call_command("export_promptset", name, str(tmp_path / f"out.{suffix}"))
    again = import_promptset(tmp_path / f"out.{suffix}", slug=name)
    assert again.version == version and not again.is_new


@pytest.mark.django_db
def test_a_spreadsheet_gets_a_column_for_each_turn_and_no_formula(tmp_path):
    version = builders.prompt_set(2, turns=2)
    version.prompts.filter(position=0).update(turns=['=HYPERLINK("http://x")', "a\r\nb, c"], rater_note="-1")
    call_command("export_promptset", str(version), str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert first["turn_1"] == '\'=HYPERLINK("http://x")' and first["turn_2"] == "a\r\nb, c"
    assert first["rater_note"] == "'-1" and second["key"] == "p0001"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_no_cell_begins_like_a_formula_and_every_cell_reads_back(text):
    safe = formula_safe(text)
    assert not safe.startswith(FORMULA_STARTS) and safe.removeprefix("'" if safe != text else "") == text
    if "\0" not in text:
        assert next(csv.reader([record([text]).decode()], strict=True), [""]) == [safe]


@pytest.mark.django_db
def test_a_file_that_is_there_is_never_overwritten(tmp_path):
    version = builders.prompt_set(1)
    (tmp_path / "out.csv").write_text("mine")
    with pytest.raises(CommandError, match="cannot be written: File exists"):
        call_command("export_promptset", str(version), str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").read_text() == "mine"
    with pytest.raises(CommandError, match=r"name it \.jsonl, \.csv or \.parquet"):
        call_command("export_promptset", str(version), str(tmp_path / "out.xls"))


CLASHING = {
    "id": 0,
    "kind": "weird",
    "turns": "xx",
    "category": None,
    "schema": "x",
    "style": "loud",
    "extra": {"a": 1},
}


@pytest.mark.django_db
@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
@pytest.mark.parametrize("kind", ["instruction", "safety"])
def test_a_sources_columns_that_have_our_names_and_what_it_leaves_open_go_out_and_in(tmp_path, suffix, kind):
    rows = [{"q": "Which bird?", "uid": f"b{n}", **CLASHING} for n in range(2)]
    (tmp_path / "birds.jsonl").write_text("\n".join(map(json.dumps, rows)))
    columns = Columns({"prompt": "q", "id": "uid"}, kind)
    version = import_promptset(tmp_path / "birds.jsonl", slug="birds", columns=columns).version
    call_command("export_promptset", "birds", str(tmp_path / f"out.{suffix}"))
    again = import_promptset(tmp_path / f"out.{suffix}", slug="birds")
    assert again.version == version and not again.is_new
    assert version.prompts.first().extra == CLASHING
