"""Weights of products in eight bits: whole numbers from -127 to 127, and a scale for each output.

Symmetric, by the largest weight of an output, after Krishnamoorthi (2018), arXiv 1806.08342. Products are of the
activations' dtype; the scale comes after the sum, where it is one multiplication for each output.
"""

from collections.abc import Callable, Iterator
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax import struct
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Float32, Int, Int8
from numpy.typing import NDArray

MOST = 127  # not 128: the scale then is the same on both sides of zero
BLOCK = 1024  # outputs that are widened at a time while a weight is quantised
OUTPUTS = {"kernel": 1, "embedding": 0, "lm_head": 0}  # the axis of them, by the parameter's name


@struct.dataclass
class Int8Weights:
    """A matrix of weights. The values come first: a module holds the first leaf of a parameter against its shape."""

    values: Int8[Array, "..."]
    scale: Float32[Array, "..."]


Weights = Float[Array, "..."] | Int8Weights


def of_dtype(weights: Weights, dtype: DTypeLike) -> Array:
    """What a product is taken with; `scaled` has to follow it."""
    return weights.values.astype(dtype) if isinstance(weights, Int8Weights) else weights


def scaled(product: Float[Array, "*B O"], weights: Weights) -> Float[Array, "*B O"]:
    return product * weights.scale.astype(product.dtype) if isinstance(weights, Int8Weights) else product


def rows_of(table: Weights, tokens: Int[Array, "B T"], dtype: DTypeLike) -> Float[Array, "B T W"]:
    """The rows of a table that has one for each id."""
    if isinstance(table, Int8Weights):
        scale: Array = table.scale[tokens][..., None]
        return (table.values[tokens] * scale).astype(dtype)
    return table[tokens]


def quantised(
    weights: NDArray[Any], name: str, put: Callable[[NDArray[Any]], Array] = jnp.asarray
) -> Int8Weights:
    """The weights of that name in eight bits; `put` brings values and scales to the devices.

    What is not a number makes its output's scale none either.
    """
    turned = weights if OUTPUTS[name] == 0 else weights.T
    values = np.empty(turned.shape, np.int8)
    scale = np.empty(len(turned), np.float32)
    for part in _blocks(len(turned)):
        wide = np.asarray(turned[part], np.float32)
        largest = np.abs(wide).max(axis=1)
        scale[part] = np.where(largest == 0, 1, largest / MOST)
        with np.errstate(invalid="ignore"):
            values[part] = np.rint(wide / scale[part, None]).astype(np.int8)
    return Int8Weights(put(values if OUTPUTS[name] == 0 else values.T), put(scale))


def shapes_of(shape: tuple[int, ...], name: str, of: Any) -> Int8Weights:
    """As `quantised`, of shapes alone: `of` makes a leaf of a shape and a dtype."""
    return Int8Weights(of(shape, jnp.int8), of((shape[OUTPUTS[name]],), jnp.float32))


def _blocks(rows: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, rows, BLOCK))
