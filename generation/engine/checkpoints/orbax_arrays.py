"""The arrays of an Orbax tree, by tensorstore: their metadata first, each array's bytes when it is asked for.

Orbax keeps every array of a tree under its dotted path, in Zarr 2 or 3: in folders of their own, or all of them in
one OCDBT store. Nothing in such a tree is executed.
"""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tensorstore as ts
from numpy.typing import NDArray

from generation.engine.checkpoints.folder import read_object
from generation.engine.errors import CheckpointError

MANIFEST = "manifest.ocdbt"
METADATA = "_METADATA"
ROOT = "params."
DRIVERS = {".zarray": "zarr", "zarr.json": "zarr3"}
DTYPES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}
MOST_PACKED = (
    100  # floats that were trained pack to about half; a few bytes that claim to be much are no weights
)


@dataclass(frozen=True, eq=False)
class StoredArray:
    """An array in a tree: what it is, and the store that reads it. `file` is the tree's folder."""

    name: str
    file: Path
    dtype: str
    shape: tuple[int, ...]
    store: Any = field(repr=False)

    def read(self) -> NDArray[Any]:
        """The array in memory. Raises: CheckpointError if a part of it is missing or damaged."""
        with _told(self.file, self.name):
            return np.asarray(self.store.read().result())


def read_tree(tree: Path) -> dict[str, StoredArray]:
    """The arrays in the tree by their dotted path, without the root `params` that a tree may have.

    Raises: CheckpointError if it cannot be opened, an array that it names is not there, is no array of 16- or 32-bit
        floats, or they claim to be far more than the files hold.
    """
    with _told(tree):
        kept = ts.KvStore.open(_store(tree, "")).result()
        keys = [key.decode("utf-8", "replace") for key in kept.list().result()]
    drivers = {name: DRIVERS[kind] for name, _, kind in (k.rpartition("/") for k in keys) if kind in DRIVERS}
    if not drivers:
        raise CheckpointError(f"{tree}: an Orbax folder that holds no arrays; was it copied whole?")
    if lost := sorted(_names_in_metadata(tree) - drivers.keys()):
        raise CheckpointError(
            f"{tree}: array {lost[0]} is missing, though {METADATA} names it; copy the folder again"
        )
    arrays = [_open(tree, name, driver) for name, driver in sorted(drivers.items())]
    _check_size(tree, arrays)
    return {array.name.removeprefix(ROOT): array for array in arrays}


def _open(tree: Path, name: str, driver: str) -> StoredArray:
    with _told(tree, name):
        # a part that is missing is an error, and not read as noughts
        spec = {"driver": driver, "kvstore": _store(tree, f"{name}/"), "fill_missing_data_reads": False}
        store = ts.open(spec, open=True, read=True).result()
    if store.dtype.name not in DTYPES:
        raise CheckpointError(
            f"{tree}: array {name} is of dtype {store.dtype.name}; weights are {', '.join(DTYPES)}"
        )
    parts = [part or 1 for part in store.chunk_layout.read_chunk.shape or ()]
    if any(part > max(1, whole) for part, whole in zip(parts, store.shape, strict=False)):
        raise CheckpointError(f"{tree}: array {name} is kept in parts of {parts}, larger than itself")
    return StoredArray(name, tree, DTYPES[store.dtype.name], tuple(store.shape), store)


def _store(tree: Path, path: str) -> dict[str, Any]:
    if (tree / MANIFEST).exists():
        return {"driver": "ocdbt", "base": {"driver": "file", "path": f"{tree}/"}, "path": path}
    return {"driver": "file", "path": f"{tree}/{path}"}


def _names_in_metadata(tree: Path) -> set[str]:
    """The dotted paths that Orbax says it has written; none for trees of older versions, which do not say."""
    file = tree / METADATA
    if not file.is_file():
        return set()
    try:
        written = read_object(file)["tree_metadata"].values()
        return {".".join(str(part["key"]) for part in entry["key_metadata"]) for entry in written}
    except (KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{file}: not Orbax's description of a tree ({error!r})") from error


def _check_size(tree: Path, arrays: Iterable[StoredArray]) -> None:
    claimed = sum(math.prod(array.shape) * array.store.dtype.numpy_dtype.itemsize for array in arrays)
    held = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file())
    if claimed > MOST_PACKED * held:
        raise CheckpointError(
            f"{tree}: its arrays claim {claimed:,} bytes, its files hold {held:,}: no weights pack so small"
        )


@contextmanager
def _told(tree: Path, name: str = "") -> Iterator[None]:
    """Turns what tensorstore raises into a CheckpointError that names the folder and the array."""
    try:
        yield
    except (ValueError, OSError, IndexError, NotImplementedError, RuntimeError) as error:
        reason = str(error).split(" [tensorstore_spec", 1)[0].split(" [source locations", 1)[0]
        where = f"{tree}: array {name}" if name else f"{tree}"
        raise CheckpointError(
            f"{where}: cannot be read; copy the folder again, or save it again ({reason})"
        ) from error
