"""The tensors a checkpoint must hold: names and shapes on disk, places in the parameter tree."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generation.engine.checkpoints.safetensors_files import StoredTensor
from generation.engine.errors import CheckpointError

Layout = Literal["same", "transposed", "conv"]


@dataclass(frozen=True)
class TensorSpec:
    """One tensor: `shape` as stored, `path` in the network's parameters, and how the one becomes the other.

    Layouts: `transposed`, stored [out, in] and used [in, out]; `conv`, stored [channels, 1, taps] and used
    [taps, channels].
    """

    name: str
    shape: tuple[int, ...]
    path: tuple[str, ...]
    layout: Layout

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def as_parameter(self, stored: NDArray[Any]) -> NDArray[Any]:
        if self.layout == "transposed":
            return stored.T
        return stored[:, 0, :].T if self.layout == "conv" else stored

    def as_stored(self, parameter: NDArray[Any]) -> NDArray[Any]:
        """The inverse of `as_parameter`."""
        if self.layout == "transposed":
            return np.ascontiguousarray(parameter.T)
        return np.ascontiguousarray(parameter.T[:, None, :]) if self.layout == "conv" else parameter


def same(name: str, shape: tuple[int, ...], path: tuple[str, ...]) -> TensorSpec:
    return TensorSpec(name, shape, path, "same")


def dense(name: str, inputs: int, outputs: int, path: tuple[str, ...], bias: bool = True) -> list[TensorSpec]:
    """The weight and, where it has one, the bias of a plain product."""
    weight = TensorSpec(f"{name}.weight", (outputs, inputs), (*path, "kernel"), "transposed")
    return [weight, same(f"{name}.bias", (outputs,), (*path, "bias"))] if bias else [weight]


def check_tensors(specs: Iterable[TensorSpec], stored: Mapping[str, StoredTensor], where: Path) -> None:
    """Raises CheckpointError unless `stored` holds exactly the tensors of `specs`, each in its shape."""
    wanted = {spec.name: spec for spec in specs}
    if missing := [name for name in wanted if name not in stored]:
        shape = list(wanted[missing[0]].shape)
        raise CheckpointError(
            f"{where}: tensor {missing[0]} is missing{_others(missing)}; expected it with shape {shape}"
        )
    if extra := [name for name in stored if name not in wanted]:
        raise CheckpointError(
            f"{stored[extra[0]].file}: tensor {extra[0]}{_others(extra)} has no place in the network that "
            "config.json describes; is it the config of another checkpoint?"
        )
    for name, spec in wanted.items():
        if stored[name].shape != spec.shape:
            raise CheckpointError(
                f"{stored[name].file}: tensor {name} has shape {list(stored[name].shape)}; "
                f"config.json makes it {list(spec.shape)}"
            )


def _others(names: list[str]) -> str:
    return f" (and {len(names) - 1} more)" if len(names) > 1 else ""
