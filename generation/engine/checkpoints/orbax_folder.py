"""An Orbax checkpoint as DeepMind's Flax code saves it: arrays, and perhaps a tokenizer beside them."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from generation.engine.checkpoints.folder import DECIDING, INDEX, SINGLE, read_object
from generation.engine.checkpoints.orbax_arrays import MANIFEST, METADATA, StoredArray, read_tree
from generation.engine.checkpoints.recurrentgemma_from_shapes import config_json_from
from generation.engine.errors import CheckpointError

MARKS = (METADATA, MANIFEST, "_CHECKPOINT_METADATA", "checkpoint")
UNFINISHED = ".orbax-checkpoint-tmp"


@dataclass(frozen=True)
class OrbaxFolder:
    """A folder that is an Orbax tree, or holds one beside a tokenizer, as the released archives do.

    Without a config.json the network's shape is taken from the arrays' own, as `recurrentgemma_from_shapes` says.
    """

    path: Path
    tree: Path
    arrays: dict[str, StoredArray]

    @property
    def config_file(self) -> Path:
        return self._beside("config.json") or self.tree

    @cached_property
    def config(self) -> dict[str, Any]:
        stated = self._beside("config.json")
        return read_object(stated) if stated else config_json_from(self.arrays, self.tree)

    @property
    def config_told_by(self) -> str:
        return "config.json" if self._beside("config.json") else "the shape of its other arrays"

    @property
    def generation_config(self) -> dict[str, Any]:
        stated = self._beside("generation_config.json")
        return read_object(stated) if stated else {}

    @property
    def tokenizer_file(self) -> Path | None:
        return self._beside("tokenizer.model")

    @property
    def weights(self) -> tuple[Path, ...]:
        return (self.tree,)

    @property
    def weights_file(self) -> Path:
        return self.tree

    def tensors(self) -> dict[str, StoredArray]:
        return self.arrays

    def digest(self) -> str:
        """SHA-256 over all that decides what the checkpoint writes, as 64 hexadecimal digits.

        Hashed in order: the files that `CheckpointFolder.digest` hashes beside weights, in its way; then the arrays by
        name: name, dtype, shape, bytes. How Orbax keeps them does not matter. Reads, and so checks, every array.
        """
        total = hashlib.sha256()
        for name in DECIDING:
            if file := self._beside(name):
                total.update(f"{name}\0{file.stat().st_size}\0".encode() + file.read_bytes())
        for name, array in sorted(self.arrays.items()):
            total.update(f"{name}\0{array.dtype}\0{list(array.shape)}\0".encode())
            total.update(np.ascontiguousarray(array.read()).view(np.uint8).data)
        return total.hexdigest()

    def _beside(self, name: str) -> Path | None:
        return next((folder / name for folder in (self.path, self.tree) if (folder / name).is_file()), None)


def orbax_in(path: str | Path) -> OrbaxFolder | None:
    """The Orbax checkpoint at `path`; None if there is none. Raises: CheckpointError, as `read_tree` does."""
    folder = Path(path)
    if not folder.is_dir() or (folder / SINGLE).exists() or (folder / INDEX).exists():
        return None
    trees = [folder] if _is_tree(folder) else [found for found in folder.iterdir() if _is_tree(found)]
    if not trees:
        return None
    if len(trees) > 1:
        names = ", ".join(sorted(tree.name for tree in trees))
        raise CheckpointError(f"{folder}: holds several Orbax checkpoints ({names}); name one")
    if UNFINISHED in trees[0].name:
        raise CheckpointError(f"{trees[0]}: an Orbax checkpoint whose saving was not finished; save it again")
    return OrbaxFolder(folder, trees[0], read_tree(trees[0].resolve()))


def _is_tree(folder: Path) -> bool:
    return folder.is_dir() and any((folder / mark).is_file() for mark in MARKS)
