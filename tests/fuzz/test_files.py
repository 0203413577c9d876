"""Files of prompts, responses and judgments, sound ones that were damaged: taken whole, or refused in one message."""

import gzip
import io
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import transaction
from hypothesis import strategies as st

from generation.formats import responses_in
from promptsets.formats.columns import Columns
from promptsets.formats.problems import PromptFileError
from promptsets.formats.source import source_of
from promptsets.importing import plan_source
from promptsets.refusals import FieldError
from raters.importing.judged_file import Choices
from raters.importing.reading import judged_of
from tests.fuzz.profile import damaged, fuzz
from tests.promptsets.test_formats import FILES
from tests.raters.importing.sheets import csv_of, three_pairs, workbook

TOKENS = [
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"null",
]
TOKENS += [
    b"NaN",
    b"-1",
    b"1e999",
    b"9" * 5_000,
    b'"\\ud800"',
    b"\\u0000",
    b"[" * 2_000,
    b'""',
    b"{}",
    b"true",
]
TOKENS += ["\u2028\u202e".encode(), b"x" * 3_000, b"\x1b[2J", b'"id"', b'"prompt"', b"\x1f\x8b"]
LONGEST_MESSAGE = 8_000
TABLE = pa.table(
    {"schema": ["prompt/1"] * 3, "id": ["a", "b", "c"], "prompt": ["x", "y", "z"], "n": [1, 2, None]}
)
RESPONSES = [
    b'{"schema": "response/1", "checkpoint": "heron", "prompt_id": "a", "response": "x", "token_ids": [1, 2]}\n',
    b'[{"instruction": "x", "output": "y", "generator": "heron", "dataset": "d"}]',
    b'{"question_id": 81, "model_id": "heron", "choices": [{"index": 0, "turns": ["x", "y"]}], "tstamp": 1.0}\n',
]


def parquet() -> bytes:
    stored = io.BytesIO()
    pq.write_table(TABLE, stored)
    return stored.getvalue()


PROMPTS = [file.encode() for file in FILES.values()]
PROMPTS += [gzip.compress(PROMPTS[0], mtime=0), parquet(), b"prompt,n\r\nHello,1\r\n"]


def is_one_message(error: PromptFileError) -> None:
    told = str(error)
    assert "Nothing was imported" in told and len(told) <= LONGEST_MESSAGE
    assert told.replace("\n", "").isprintable()


@pytest.mark.parametrize("columns", [None, Columns({"prompt": "prompt"})], ids=["formats", "a mapping"])
@pytest.mark.django_db
@fuzz("files of prompts", content=damaged(PROMPTS, TOKENS))
def test_prompts_come_in_whole_or_are_refused(content, columns):
    try:
        with transaction.atomic():
            plan_source(source_of("file.jsonl", content), slug="fuzz", columns=columns).save()
            transaction.set_rollback(True)
    except PromptFileError as error:
        is_one_message(error)


@fuzz("files of responses", content=damaged(RESPONSES, TOKENS))
def test_responses_are_read_whole_or_refused(content):
    try:
        assert responses_in(source_of("file.jsonl", content)).rows
    except PromptFileError as error:
        is_one_message(error)


SHEET = workbook(three_pairs())
PARTS = {
    "sheet1": "xl/worksheets/sheet1.xml",
    "sharedStrings": "xl/sharedStrings.xml",
    "workbook": "xl/workbook.xml",
}
WHOLE = [SHEET, csv_of(three_pairs())]
TAGS = [b"<c>", b"</c>", b"<v>", b"<f/>", b't="s"', b't="e"', b'r="A1"', b"&lt;", b"_x0000_", b"<!DOCTYPE a>"]


def part(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(SHEET)) as archive:
        return archive.read(PARTS[name])


def within(name: str) -> st.SearchStrategy[bytes]:
    """A sound archive, one of whose parts is damaged: damage to the archive itself is seen before any part."""
    return damaged([part(name)], TOKENS + TAGS).map(lambda made: workbook(three_pairs(), **{name: made}))


@fuzz("sheets of judgments", content=damaged(WHOLE, TOKENS) | st.one_of(*map(within, PARTS)))
def test_sheets_of_judgments_are_read_whole_or_refused(content):
    try:
        assert judged_of("sheet", content, "tulu-sheet", Choices()).judgments
    except PromptFileError as error:
        is_one_message(error)
    except FieldError as error:
        assert error.field == "baseline"
