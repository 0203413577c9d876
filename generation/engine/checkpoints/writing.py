"""Writing safetensors: headers from shapes alone, then tensors one by one, so that no more than one is in memory."""

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.engine.checkpoints.folder import INDEX, SINGLE
from generation.engine.checkpoints.safetensors_files import DTYPES
from generation.engine.checkpoints.tensor_specs import TensorSpec

SHARD_BYTES = 2_000_000_000
SPECIAL = ("bos_token_id", "eos_token_id", "pad_token_id")
Blocks = Callable[
    [TensorSpec], Iterable[NDArray[Any]]
]  # a tensor's values in order, in as many pieces as suits


def write_weights(
    folder: Path, specs: Sequence[TensorSpec], dtype: str, blocks: Blocks, shard_bytes: int = SHARD_BYTES
) -> None:
    """The tensors of `specs` in safetensors' `dtype`, in one file, or in shards with an index if they are larger."""
    itemsize = DTYPES[dtype].itemsize
    shards = list(_shards(specs, shard_bytes // itemsize))
    if len(shards) == 1:
        _write_file(folder / SINGLE, specs, dtype, blocks)
        return
    weight_map: dict[str, str] = {}
    for number, shard in enumerate(shards, start=1):
        name = f"model-{number:05}-of-{len(shards):05}.safetensors"
        _write_file(folder / name, shard, dtype, blocks)
        weight_map |= {spec.name: name for spec in shard}
    total = sum(spec.size for spec in specs) * itemsize
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (folder / INDEX).write_text(json.dumps(index, indent=1) + "\n")


def write_configs(folder: Path, config: dict[str, Any]) -> None:
    """config.json, and generation_config.json with the special ids that stand in it."""
    ids = {name: config[name] for name in SPECIAL if name in config}
    for name, value in {"generation_config.json": ids, "config.json": config}.items():
        (folder / name).write_text(json.dumps(value, indent=2) + "\n")


def _shards(specs: Sequence[TensorSpec], most: int) -> Iterator[list[TensorSpec]]:
    """The specs in order, cut so that each shard has at most `most` numbers, or a single larger tensor."""
    shard: list[TensorSpec] = []
    for spec in specs:
        if shard and sum(one.size for one in shard) + spec.size > most:
            yield shard
            shard = []
        shard.append(spec)
    yield shard


def _write_file(file: Path, specs: Sequence[TensorSpec], dtype: str, blocks: Blocks) -> None:
    with file.open("wb") as stream:
        stream.write(_header(specs, dtype))
        for spec in specs:
            written = 0
            for block in blocks(spec):
                stream.write(np.ascontiguousarray(block, DTYPES[dtype]).tobytes())
                written += block.size
            assert written == spec.size, f"{spec.name}: {written} numbers for shape {spec.shape}"


def _header(specs: Sequence[TensorSpec], dtype: str) -> bytes:
    entries: dict[str, Any] = {
        "__metadata__": {"format": "pt"}
    }  # what other readers of such folders look for
    place = 0
    for spec in specs:
        end = place + spec.size * DTYPES[dtype].itemsize
        entries[spec.name] = {"dtype": dtype, "shape": list(spec.shape), "data_offsets": [place, end]}
        place = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # tensors begin at a multiple of eight, as the format asks
    return struct.pack("<Q", len(text)) + text
