"""Weights and slots over a mesh of devices: `data` copies the weights and divides the slots, `model` divides both.

Products that widen are divided by their outputs, products that narrow by their inputs, so that a block needs one sum
over the devices (Shoeybi et al., 2019, arXiv 1909.08053). Tables are divided by the vocabulary; the gates of the
RG-LRU, which are products within heads, by the head. What does not divide evenly is kept whole on every device.
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as Spec
from jax.tree_util import DictKey

Tree = TypeVar("Tree")
DATA, MODEL = "data", "model"
WIDENING = {"q_proj", "k_proj", "v_proj", "gate_proj", "up_proj", "linear_x", "linear_y"}
NARROWING = {"o_proj", "down_proj", "linear_out"}
TABLES = {"embedding", "lm_head"}
BY_CHANNEL = {"conv_1d", "rg_lru"}


def mesh_told(form: str) -> Mesh:
    """The mesh that `form` asks for, DATAxMODEL such as 1x4, of the devices that are here.

    Raises: ValueError if it has another form, or asks for more devices than there are.
    """
    sizes = re.fullmatch(r"([1-9]\d{0,3})x([1-9]\d{0,3})", form, re.ASCII)
    if not sizes:
        raise ValueError(
            f"{form!r:.40} is no mesh; expected DATAxMODEL, such as 1x4, whose product is at most the number of "
            f"devices; there are {jax.device_count()}"
        )
    return mesh_of(int(sizes[1]), int(sizes[2]))


def mesh_of(data: int, model: int, devices: Sequence[Any] | None = None) -> Mesh:
    """Raises: ValueError if there are fewer devices."""
    there = list(jax.devices() if devices is None else devices)
    if data * model > len(there):
        raise ValueError(f"a mesh of {data} x {model} needs {data * model} devices; there are {len(there)}")
    return Mesh(np.array(there[: data * model]).reshape(data, model), (DATA, MODEL))


def network_over(network: Any, mesh: Mesh) -> Any:
    """The same network, knowing whether it is spread over several devices."""
    return network.clone(divided=mesh.size > 1)


def parameter_shardings(params: Any, mesh: Mesh) -> Any:
    """A sharding for each weight, in a tree like theirs; shapes are enough."""

    def sharding(path: tuple[Any, ...], leaf: Any) -> NamedSharding:
        names = [entry.key for entry in path if isinstance(entry, DictKey)]  # not the parts of int8 weights
        return parameter_sharding(names, leaf.shape, mesh)

    return jax.tree_util.tree_map_with_path(sharding, params)


def parameter_sharding(names: Sequence[str], shape: tuple[int, ...], mesh: Mesh) -> NamedSharding:
    """Of one weight, or of a part of an int8 one, by its place in the tree."""
    return NamedSharding(mesh, _even(_spec_of(names, len(shape)), shape, mesh))


def _spec_of(names: Sequence[str], axes: int) -> Spec:
    owner = names[-2] if len(names) > 1 else names[-1]
    if names[-1] in TABLES:
        return Spec(MODEL)
    if owner in WIDENING:
        return Spec(*[None] * (axes - 1), MODEL)
    if owner in NARROWING and axes == 2:
        return Spec(MODEL)
    if owner in BY_CHANNEL:
        by_head = names[-1].endswith(("gate_weight", "gate_bias"))
        return Spec(MODEL) if by_head else Spec(*[None] * (axes - 1), MODEL)
    return Spec()


def state_shardings(state: Any, mesh: Mesh) -> Any:
    """A sharding for each part of a state, in a tree like it; shapes are enough."""
    return jax.tree.map(lambda leaf: state_sharding(leaf, mesh), state)


def state_sharding(leaf: Any, mesh: Mesh) -> NamedSharding:
    """Slots over `data`; channels of recurrent layers and key heads of rings over `model`.

    A ring whose few heads do not divide over `model` is divided by its slots instead, and the queries, which are
    small, go to the keys (Pope et al., 2022, arXiv 2211.05102): whole on every device it would be read on each.
    """
    inner = {2: (MODEL,), 3: (None, MODEL), 4: (None, MODEL, None)}.get(leaf.ndim, ())
    spec = _even(Spec(DATA, *inner), leaf.shape, mesh)
    if leaf.ndim == 4 and spec[2] is None:
        spec = _even(Spec((DATA, MODEL)), leaf.shape, mesh)
    return NamedSharding(mesh, spec)


def spread(state: Tree, mesh: Mesh | None) -> Tree:
    """The same within a program that makes it, which then makes on each device its own part alone."""
    if mesh is None:
        return state
    place: Any = jax.lax.with_sharding_constraint
    placed: Tree = jax.tree.map(lambda leaf: place(leaf, state_sharding(leaf, mesh)), state)
    return placed


def readable(tree: Any, mesh: Mesh | None) -> Any:
    """The same, so that this process can read it: where others hold parts of it, they are brought here.

    Each of several processes (`jax.distributed`) must call it at the same place, as they must call every program.
    """
    if mesh is None or jax.process_count() == 1:
        return tree
    return _bring_whole(mesh)(tree)


@cache
def _bring_whole(mesh: Mesh) -> Callable[[Any], Any]:
    return jax.jit(lambda held: held, out_shardings=NamedSharding(mesh, Spec()))


def _even(spec: Spec, shape: tuple[int, ...], mesh: Mesh) -> Spec:
    """The spec without the axes that a mesh cannot divide evenly."""

    def divides(place: int, axes: Any) -> bool:
        among = axes if isinstance(axes, tuple) else (axes,)
        return bool(shape[place] % math.prod(mesh.shape[axis] for axis in among) == 0)

    return Spec(*(axes if axes and divides(place, axes) else None for place, axes in enumerate(spec)))
