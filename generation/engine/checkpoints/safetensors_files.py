"""Safetensors files: the header is held against the file's size before any tensor is read.

A file is eight bytes (the header's length, little-endian), the header (JSON: name, dtype, shape and place of
each tensor), then the tensors' bytes. Nothing in it can be executed.
"""

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from generation.engine.errors import CheckpointError

MAX_HEADER_BYTES = 16 << 20  # the format allows more; of a hundred thousand tensors it takes less
MOST_AXES, LONGEST_NAME = 8, 500
DTYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype(np.float32),
    "F16": np.dtype(np.float16),
    "BF16": np.dtype(ml_dtypes.bfloat16),
}
PICKLE_STARTS = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


@dataclass(frozen=True)
class StoredTensor:
    """A tensor in a file: what it is and where its bytes are."""

    name: str
    file: Path
    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int

    def read(self) -> NDArray[Any]:
        """The tensor, mapped from the file rather than copied."""
        mapped = np.memmap(self.file, np.uint8, mode="r", offset=self.start, shape=self.stop - self.start)
        return mapped.view(DTYPES[self.dtype]).reshape(self.shape)


def read_header(file: Path) -> dict[str, StoredTensor]:
    """The tensors that `file` holds, by name.

    Raises: CheckpointError if the file is a pickle, is no safetensors file, is cut short, holds a tensor that
        is not of 16- or 32-bit floats, or its bytes do not add up.
    """
    refuse_pickle(file)
    size = file.stat().st_size
    header, data_start = _read_json_header(file, size)
    header.pop("__metadata__", None)
    tensors = {name: _tensor(file, name, entry, data_start) for name, entry in header.items()}
    _check_extent(file, tensors, data_start, size)
    return tensors


def refuse_pickle(file: Path) -> None:
    """Raises CheckpointError if the file begins as a pickle or as PyTorch's zip of pickles does."""
    with file.open("rb") as stream:
        start = stream.read(4)
    if start.startswith(PICKLE_STARTS):
        raise CheckpointError(
            f"{file}: this is a pickle (PyTorch format), which could run code when opened; "
            "convert the checkpoint to safetensors"
        )


def _read_json_header(file: Path, size: int) -> tuple[dict[str, Any], int]:
    with file.open("rb") as stream:
        prefix = stream.read(8)
        length = struct.unpack("<Q", prefix)[0] if len(prefix) == 8 else size
        if length > MAX_HEADER_BYTES or 8 + length > size:
            raise CheckpointError(
                f"{file}: not a safetensors file, or cut short in its header ({size} bytes); copy it again"
            )
        try:
            header = json.loads(stream.read(length))
        except (ValueError, RecursionError) as error:
            raise CheckpointError(
                f"{file}: the safetensors header is not JSON ({error}); copy the file again"
            ) from error
    if not isinstance(header, dict):
        raise CheckpointError(f"{file}: the safetensors header must be a JSON object, not {header!r:.40}")
    return header, 8 + length


def _tensor(file: Path, name: str, entry: Any, data_start: int) -> StoredTensor:
    if not name.isprintable() or len(name) > LONGEST_NAME:
        raise CheckpointError(f"{file}: a tensor by the impossible name {name!r:.60}; copy the file again")
    try:
        dtype, shape, (start, stop) = str(entry["dtype"]), tuple(entry["shape"]), entry["data_offsets"]
        whole = len(shape) <= MOST_AXES and all(type(n) is int and n >= 0 for n in (*shape, start, stop))
    except (TypeError, KeyError, ValueError) as error:
        raise CheckpointError(
            f"{file}: tensor {name}: the header lacks {error}; copy the file again"
        ) from error
    if dtype not in DTYPES:
        raise CheckpointError(
            f"{file}: tensor {name} is of dtype {dtype:.20}; weights are {', '.join(DTYPES)}"
        )
    if not whole or stop - start != math.prod(shape) * DTYPES[dtype].itemsize:
        raise CheckpointError(
            f"{file}: tensor {name}: {dtype} {list(shape)!s:.100} does not fill bytes {start} to {stop}; "
            "copy the file again"
        )
    return StoredTensor(name, file, dtype, shape, data_start + start, data_start + stop)


def _check_extent(file: Path, tensors: dict[str, StoredTensor], data_start: int, size: int) -> None:
    """Tensors lie end to end from the header to the end of the file, as the format demands."""
    place = data_start
    for tensor in sorted(tensors.values(), key=lambda tensor: (tensor.start, tensor.stop)):
        if tensor.stop > size:
            raise CheckpointError(
                f"{file}: cut short: tensor {tensor.name} ends at byte {tensor.stop}, the file at {size}; "
                "copy it again"
            )
        if tensor.start != place:
            raise CheckpointError(
                f"{file}: tensor {tensor.name} begins at byte {tensor.start}, not at {place}; "
                "copy the file again"
            )
        place = tensor.stop
    if place != size:
        raise CheckpointError(f"{file}: {size - place} bytes follow the last tensor; copy the file again")
