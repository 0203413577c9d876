"""Softmax attention under way: keys are added part by part, in any number of parts, each read once.

After Milakov and Gimelshein (2018), arXiv 1805.02867.

Letters: B sequences, T tokens, S keys, H query heads, K key heads, G queries to a key head, D width of a head.
"""

import jax.numpy as jnp
from flax import struct
from jaxtyping import Array, Bool, Float

MASKED = -2.3819763e38  # finite in float32 and bfloat16, so a row with no visible key stays finite


@struct.dataclass
class Sums:
    """Softmax under way: the best score so far, and sums of weights and weighted values relative to it."""

    best: Float[Array, "B K G T"]
    weight: Float[Array, "B K G T"]
    values: Float[Array, "B K G T D"]


def nothing(q: Float[Array, "B T H D"], k: Float[Array, "B T K D"]) -> tuple[Sums, Float[Array, "B T K G D"]]:
    """Sums of no key, and the queries grouped by their key heads."""
    B, T, H, D = q.shape
    K = k.shape[2]
    rows = (B, K, H // K, T)
    empty = Sums(jnp.full(rows, MASKED), jnp.zeros(rows), jnp.zeros((*rows, D)))
    return empty, q.reshape(B, T, K, H // K, D)


def add(
    sums: Sums,
    q: Float[Array, "B T K G D"],
    k: Float[Array, "B S K D"],
    v: Float[Array, "B S K D"],
    visible: Bool[Array, "B T S"],
) -> Sums:
    """The sums with some more keys in; where none is visible, they are what they were, bit for bit."""
    scale = q.shape[-1] ** -0.5
    scores = jnp.einsum("btkgd,bskd->bkgts", q, k, preferred_element_type=jnp.float32) * scale
    seen = visible[:, None, None]
    best = jnp.maximum(sums.best, jnp.max(jnp.where(seen, scores, MASKED), axis=-1))
    weights = jnp.where(seen, jnp.exp(scores - best[..., None]), 0.0)
    kept = jnp.exp(sums.best - best)
    mixed = jnp.einsum("bkgts,bskd->bkgtd", weights.astype(v.dtype), v, preferred_element_type=jnp.float32)
    return Sums(best, sums.weight * kept + jnp.sum(weights, axis=-1), sums.values * kept[..., None] + mixed)


def mixed(sums: Sums, q: Float[Array, "B T H D"], v: Array) -> Float[Array, "B T H D"]:
    return jnp.moveaxis(sums.values / sums.weight[..., None], 3, 1).reshape(q.shape).astype(v.dtype)
