"""From tensors on disk to a network's parameters in the devices' memory, one tensor at a time."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from numpy.typing import NDArray

from generation.engine.checkpoints.tensor_specs import Stored, TensorSpec
from generation.engine.networks.int8 import OUTPUTS, quantised
from generation.engine.sharding import parameter_sharding

# What a network computes in, by the name of its weights' dtype. In int8 are the weights of products alone.
DTYPES = {
    "float32": jnp.float32,
    "bfloat16": jnp.bfloat16,
    "int8": jnp.bfloat16,
    "int8-float32": jnp.float32,
}


def in_int8(path: Sequence[str], dtype: str) -> bool:
    """Whether the parameter at this place is in eight bits: a matrix of a product, or a table."""
    return dtype.startswith("int8") and path[-1] in OUTPUTS


def read_weights(
    specs: Sequence[TensorSpec],
    stored: Mapping[str, Stored],
    dtype: str,
    mesh: Mesh | None,
    on_tensor: Callable[[int, int], None] | None,
) -> dict[str, Any]:
    """The parameter tree, one tensor at a time, so that memory peaks at the weights and one tensor more.

    Over a mesh each device is given its own part of a tensor and never the whole of one that is divided.
    """
    tree: dict[str, Any] = {}
    total = len({spec.name for spec in specs})
    for done, (name, of_tensor) in enumerate(groupby(specs, key=lambda spec: spec.name), start=1):
        values = stored[name].read()
        for spec in of_tensor:
            branch = tree
            for part in spec.path[:-1]:
                branch = branch.setdefault(part, {})
            parameter = _parameter(spec.as_parameter(values), spec.path, dtype, mesh)
            # else the host would hold every tensor that a slower device has not taken yet
            branch[spec.path[-1]] = jax.block_until_ready(parameter)
        if on_tensor:
            on_tensor(done, total)
    return tree


def _parameter(values: NDArray[Any], path: tuple[str, ...], dtype: str, mesh: Mesh | None) -> Any:
    if in_int8(path, dtype):
        # of the whole tensor: a scale is of all that leads to its output
        return quantised(values, path[-1], lambda part: _put(part, part.dtype, path, mesh))
    return _put(values, DTYPES[dtype], path, mesh)


def _put(values: NDArray[Any], dtype: Any, path: tuple[str, ...], mesh: Mesh | None) -> jax.Array:
    # np.array copies: on CPU, JAX would otherwise go on reading the mapped file, whatever becomes of it
    if mesh is None:
        put: jax.Array = jax.device_put(np.array(values, dtype))
        return put
    sharding = parameter_sharding(path, values.shape, mesh)
    return jax.make_array_from_callback(
        values.shape, sharding, lambda index: np.array(values[index], dtype), dtype=dtype
    )
