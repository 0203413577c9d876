"""Checkpoints of which some bytes were damaged: described as they are, or refused in one message."""

import json
import shutil
import struct
from contextlib import suppress
from pathlib import Path

import pytest

from generation.engine.checkpoints.loading import describe_checkpoint
from generation.engine.checkpoints.orbax_arrays import read_tree
from generation.engine.checkpoints.safetensors_files import read_header
from generation.engine.errors import CheckpointError
from tests.fuzz.profile import damaged, fuzz
from tests.generation.conftest import FIXTURES
from tests.security.corpus import zarr

TOKENS = [
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"-1",
    b"9" * 30,
    b"9" * 5_000,
    b"null",
    b"true",
    b"1e999",
]
TOKENS += [
    b"NaN",
    b"\xff",
    b"\0",
    b"[" * 2_000,
    b'"F32"',
    b'"BF16"',
    b"\\ud800",
    b"0",
    b"PK\x03\x04",
    b"\x80\x04",
]
HEADER = json.dumps(
    {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "b": {"dtype": "BF16", "shape": [3], "data_offsets": [16, 22]},
    }
).encode()
SMALL = struct.pack("<Q", len(HEADER)) + HEADER + bytes(22)
FOLDER = FIXTURES / "recurrentgemma"
TEXTS = {name: (FOLDER / name).read_bytes() for name in ("config.json", "generation_config.json")}


def refused_or(read, path: Path) -> None:
    with suppress(CheckpointError):
        read(path)


@fuzz("headers of safetensors", content=damaged([SMALL], TOKENS))
def test_a_header_is_read_or_refused(content, tmp_path):
    file = tmp_path / "model.safetensors"
    file.write_bytes(content)
    refused_or(read_header, file)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    copy = tmp_path_factory.mktemp("fuzzed") / "checkpoint"
    shutil.copytree(FOLDER, copy)
    shutil.copy(FIXTURES / "tokenizer" / "tokenizer.model", copy)
    return copy


@pytest.mark.parametrize("name", TEXTS)
@fuzz("folders of checkpoints", content=damaged(list(TEXTS.values()), TOKENS))
def test_a_folder_is_described_or_refused(content, name, folder):
    (folder / name).write_bytes(content)
    try:
        refused_or(describe_checkpoint, folder)
    finally:
        (folder / name).write_bytes(TEXTS[name])


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("tree")
    (made / "model.safetensors").write_bytes(b"")
    zarr([2, 2], [2, 2])(made)
    return made


ABOUT = (
    b'{"zarr_format": 2, "dtype": "<f4", "order": "C", "compressor": null, "filters": null, "shape": [2, 2], '
)
ABOUT += b'"chunks": [2, 2], "fill_value": null}'


@fuzz("Orbax trees", content=damaged([ABOUT], TOKENS))
def test_a_tree_is_opened_or_refused(content, tree):
    (tree / "params.embedder.input_embedding" / ".zarray").write_bytes(content)
    refused_or(read_tree, tree)
