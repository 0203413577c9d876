"""A checkpoint's folder in Hugging Face's layout: its files, what they claim to be, and their digest."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.engine.checkpoints.safetensors_files import StoredTensor, read_header, refuse_pickle
from generation.engine.errors import CheckpointError

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
DECIDING = ("config.json", "generation_config.json", "tokenizer.model")  # beside the weights, where present
LARGEST_JSON = 16 << 20  # bytes; the index of a thousand shards takes less
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")


@dataclass(frozen=True)
class CheckpointFolder:
    """What stands in a folder, before any weight is read."""

    path: Path
    config: dict[str, Any]
    generation_config: dict[str, Any]
    weights: tuple[Path, ...]

    @property
    def config_file(self) -> Path:
        return self.path / "config.json"

    @property
    def config_told_by(self) -> str:
        """Where the config stands, for errors."""
        return self.config_file.name

    @property
    def weights_file(self) -> Path:
        """The file that says where each tensor is."""
        return self.weights[0] if len(self.weights) == 1 else self.path / INDEX

    @property
    def tokenizer_file(self) -> Path | None:
        file = self.path / "tokenizer.model"
        return file if file.is_file() else None

    def tensors(self) -> dict[str, StoredTensor]:
        """Every tensor of every weights file, by name. Raises: CheckpointError, as `read_header` does."""
        found: dict[str, StoredTensor] = {}
        for file in self.weights:
            for name, tensor in read_header(file).items():
                if name in found:
                    raise CheckpointError(
                        f"{file}: tensor {name} is in {found[name].file.name} too; keep one"
                    )
                found[name] = tensor
        return found

    def digest(self) -> str:
        """SHA-256 over all that decides what the checkpoint writes, as 64 hexadecimal digits.

        Hashed in order: config.json, generation_config.json and tokenizer.model (those that exist), then
        the weights files by name; of each its name, a zero byte, its size in decimal, a zero byte, its
        bytes. Where the folder stands, and other files in it, do not matter.
        """
        total = hashlib.sha256()
        deciding = [self.path / name for name in DECIDING]
        for file in [*(f for f in deciding if f.is_file()), *sorted(self.weights)]:
            total.update(f"{file.name}\0{file.stat().st_size}\0".encode())
            with file.open("rb") as stream:
                while block := stream.read(1 << 20):
                    total.update(block)
        return total.hexdigest()


def open_folder(path: str | Path) -> CheckpointFolder:
    """The checkpoint at `path`, its JSON files read and its weights files found.

    Raises: CheckpointError if there is no such folder, or it lacks a config.json or safetensors files.
    """
    folder = Path(path)
    if folder.is_file():
        refuse_pickle(folder)
        raise CheckpointError(f"{folder}: a checkpoint is a folder of config.json and safetensors files")
    if not folder.is_dir():
        raise CheckpointError(f"{folder}: there is no such folder")
    weights = _weights(folder)
    generation_config = folder / "generation_config.json"
    return CheckpointFolder(
        path=folder,
        config=read_object(folder / "config.json"),
        generation_config=read_object(generation_config) if generation_config.exists() else {},
        weights=weights,
    )


def _weights(folder: Path) -> tuple[Path, ...]:
    if (folder / INDEX).exists():
        return _indexed(folder / INDEX)
    if (folder / SINGLE).exists():
        return (folder / SINGLE,)
    for file in sorted(folder.iterdir()):
        if file.suffix in PICKLES:
            raise CheckpointError(
                f"{file}: a pickle (PyTorch format), which is never opened because it could run code; "
                f"convert the checkpoint to {SINGLE}"
            )
    raise CheckpointError(f"{folder}: no weights: expected {SINGLE}, or shards with {INDEX}")


def _indexed(index: Path) -> tuple[Path, ...]:
    weight_map = read_object(index).get("weight_map")
    if not isinstance(weight_map, dict) or not all(isinstance(name, str) for name in weight_map.values()):
        raise CheckpointError(f"{index}: weight_map must give each tensor the name of its file")
    names = sorted(set(weight_map.values()))
    for name in names:
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise CheckpointError(
                f"{index}: weight_map names {name!r:.100}: expected a .safetensors file beside it"
            )
        if not (index.parent / name).is_file():
            raise CheckpointError(f"{index.parent / name}: missing, though {index.name} names it")
    return tuple(index.parent / name for name in names)


def read_object(file: Path) -> dict[str, Any]:
    """The JSON object in a file. Raises: CheckpointError if the file is missing, or holds something else."""
    if not file.is_file():
        raise CheckpointError(f"{file}: missing; it says what the weights' shapes mean")
    if file.stat().st_size > LARGEST_JSON:
        raise CheckpointError(
            f"{file}: larger than {LARGEST_JSON:,} bytes, which no description of weights is"
        )
    try:
        value = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{file}: not JSON: {error}") from error
    if not isinstance(value, dict):
        raise CheckpointError(f"{file}: must hold a JSON object, not {value!r:.40}")
    return value
