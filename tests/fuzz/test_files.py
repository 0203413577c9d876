"""Files of prompts and responses, sound ones that were damaged: taken whole, or refused in one message."""

import gzip
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import transaction

from generation.formats import responses_in
from promptsets.formats.columns import Columns
from promptsets.formats.problems import PromptFileError
from promptsets.formats.source import source_of
from promptsets.importing import plan_source
from tests.fuzz.profile import damaged, fuzz
from tests.promptsets.test_formats import FILES

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
