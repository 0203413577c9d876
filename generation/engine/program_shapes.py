"""The arguments of the compiled programs as shapes that know on which devices they would lie: nothing is allocated."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as Spec

from generation.engine import programs
from generation.engine.checkpoints.families import family_named
from generation.engine.checkpoints.tensor_specs import TensorSpec
from generation.engine.checkpoints.weights import DTYPES, in_int8
from generation.engine.engine import STEPS
from generation.engine.networks.int8 import shapes_of
from generation.engine.presets import Preset
from generation.engine.requests import MOST_STOPS
from generation.engine.sharding import mesh_of, network_over, parameter_shardings, state_shardings
from generation.engine.waiting import PIECES


@dataclass(frozen=True)
class ProgramShapes:
    """Weights, slots and the row that prompts are read into. Bytes are of one device."""

    network: Any
    params: Any
    slots: Any
    row: Any
    whole: NamedSharding

    @staticmethod
    def of(found: Preset, dtype: str, devices: list[Any], slots: int, capacity: int) -> "ProgramShapes":
        family = family_named(found.family)
        mesh = mesh_of(1, len(devices), devices)
        network = network_over(family.network(found.config, dtype=DTYPES[dtype]), mesh)
        params: dict[str, Any] = {}
        for spec in family.tensor_specs(found.config):
            branch = params
            for part in spec.path[:-1]:
                branch = branch.setdefault(part, {})
            branch[spec.path[-1]] = _parameter(spec, dtype)
        table = jax.eval_shape(lambda: programs.empty_slots(network, slots, capacity, MOST_STOPS))
        row = jax.eval_shape(lambda: programs.empty_row(network, capacity))
        return ProgramShapes(
            network,
            _placed(params, parameter_shardings(params, mesh)),
            _placed(table, state_shardings(table, mesh)),
            _placed(row, state_shardings(row, mesh)),
            NamedSharding(mesh, Spec()),
        )

    @property
    def count(self) -> int:
        """How many slots there are."""
        return int(self.slots.left.shape[0])

    @property
    def weights(self) -> int:
        return _bytes_each(self.params, _share)

    @property
    def states(self) -> int:
        return _bytes_each(self.slots, _share)

    @property
    def prompt_row(self) -> int:
        """Of the row that prompts are read into, which lies beside the slots all the while."""
        return _bytes_each(self.row, _share)

    @property
    def must_touch(self) -> int:
        """Weights and states, each once. Of an embedding that is no head as well, a row for each slot."""
        if "lm_head" not in self.params:
            return self.weights + self.states
        embedding = self.params["embedding"]
        rows = _bytes_each(embedding, lambda leaf: (self.count, *leaf.shape[1:]))
        return self.weights - _bytes_each(embedding, _share) + rows + self.states

    def decode(self) -> Any:
        """A call of as many steps as an engine takes at a time on an accelerator: its loop needs room of its own."""
        hand_back = self._scalar(jnp.bool_)
        return programs.decode.lower(self.network, self.params, self.slots, STEPS, hand_back)

    def extend(self) -> Any:
        tokens = jax.ShapeDtypeStruct((1, PIECES[-1]), jnp.int32, sharding=self.whole)
        length = jax.ShapeDtypeStruct((1,), jnp.int32, sharding=self.whole)
        is_first = self._scalar(jnp.bool_)
        return programs.extend.lower(self.network, self.params, self.row, tokens, length, is_first)

    def _scalar(self, dtype: Any) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct((), dtype, sharding=self.whole)


def _parameter(spec: TensorSpec, dtype: str) -> Any:
    if in_int8(spec.path, dtype):
        return shapes_of(spec.parameter_shape, spec.path[-1], jax.ShapeDtypeStruct)
    return jax.ShapeDtypeStruct(spec.parameter_shape, DTYPES[dtype])


def _placed(shapes: Any, shardings: Any) -> Any:
    return jax.tree.map(
        lambda leaf, sharding: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=sharding),
        shapes,
        shardings,
    )


def _bytes_each(placed: Any, shape_of: Callable[[jax.ShapeDtypeStruct], tuple[int, ...]]) -> int:
    return sum(
        int(jnp.dtype(leaf.dtype).itemsize) * math.prod(shape_of(leaf)) for leaf in jax.tree.leaves(placed)
    )


def _share(leaf: jax.ShapeDtypeStruct) -> tuple[int, ...]:
    """The shape of what one device holds."""
    assert leaf.sharding is not None
    return tuple(leaf.sharding.shard_shape(leaf.shape))
