"""The tensors a checkpoint must hold: names and shapes on disk, places in the parameter tree."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from generation.engine.errors import CheckpointError

Layout = Literal["same", "transposed", "conv", "first", "second"]


class Stored(Protocol):
    """A tensor on disk, whatever the format: what it is, where it is, and its values when they are asked for."""

    @property
    def file(self) -> Path: ...

    @property
    def dtype(self) -> str: ...

    @property
    def shape(self) -> tuple[int, ...]: ...

    def read(self) -> NDArray[Any]: ...


@dataclass(frozen=True)
class TensorSpec:
    """One tensor: `shape` as stored, `path` in the network's parameters, and how the one becomes the other.

    Layouts: `transposed`, stored [out, in] and used [in, out]; `conv`, stored [channels, 1, taps] and used
    [taps, channels]; `first` and `second`, two parameters stored in one tensor, weights [2, in, out] or biases
    [2, 1, 1, out].
    """

    name: str
    shape: tuple[int, ...]
    path: tuple[str, ...]
    layout: Layout

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def parameter_shape(self) -> tuple[int, ...]:
        return self.as_parameter(np.broadcast_to(np.float32(0), self.shape)).shape

    def as_parameter(self, stored: NDArray[Any]) -> NDArray[Any]:
        if self.layout == "transposed":
            return stored.T
        if self.layout == "conv":
            return stored[:, 0, :].T
        if self.layout == "same":
            return stored
        half: NDArray[Any] = stored[0 if self.layout == "first" else 1]
        return half[0, 0] if half.ndim == 3 else half

    def as_stored(self, parameter: NDArray[Any]) -> NDArray[Any]:
        """The inverse of `as_parameter`, where the tensor is one parameter's alone."""
        if self.layout == "transposed":
            return np.ascontiguousarray(parameter.T)
        return np.ascontiguousarray(parameter.T[:, None, :]) if self.layout == "conv" else parameter


def same(name: str, shape: tuple[int, ...], path: tuple[str, ...]) -> TensorSpec:
    return TensorSpec(name, shape, path, "same")


def dense(name: str, inputs: int, outputs: int, path: tuple[str, ...], bias: bool = True) -> list[TensorSpec]:
    """The weight and, where it has one, the bias of a plain product."""
    weight = TensorSpec(f"{name}.weight", (outputs, inputs), (*path, "kernel"), "transposed")
    return [weight, same(f"{name}.bias", (outputs,), (*path, "bias"))] if bias else [weight]


def check_tensors(
    specs: Iterable[TensorSpec], stored: Mapping[str, Stored], where: Path, config_told_by: str
) -> None:
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
            f"{config_told_by} describes; is it of another checkpoint?"
        )
    for name, spec in wanted.items():
        if stored[name].shape != spec.shape:
            raise CheckpointError(
                f"{stored[name].file}: tensor {name} has shape {list(stored[name].shape)}; "
                f"{config_told_by} makes it {list(spec.shape)}"
            )


def _others(names: list[str]) -> str:
    return f" (and {len(names) - 1} more)" if len(names) > 1 else ""
