"""Causal attention, over a window or over everything: rotary positions, whole sequences, and a ring of past keys.

Letters: B sequences, T tokens, S keys, H query heads, K key heads, G queries to a key head, D width of a head,
C places in the ring.
Keys carry their rotation when they are stored, so a ring may hold them in any order.
"""

import jax
import jax.numpy as jnp
from flax import struct
from jaxtyping import Array, Bool, Float, Int

MASKED = -2.3819763e38  # finite in float32 and bfloat16, so a row with no visible key stays finite
QUERY_BLOCK = 256
RING_BLOCK = 128


@struct.dataclass
class KeyRing:
    """The last C keys and values of each sequence, the one at position p in place p % C."""

    keys: Float[Array, "B C K D"]
    values: Float[Array, "B C K D"]


def empty_ring(sequences: int, places: int, heads: int, width: int, dtype: jax.typing.DTypeLike) -> KeyRing:
    """Room for `places` keys, rounded up to whole blocks."""
    whole = -(-places // RING_BLOCK) * RING_BLOCK if places > RING_BLOCK else places
    shape = (sequences, whole, heads, width)
    return KeyRing(jnp.zeros(shape, dtype), jnp.zeros(shape, dtype))


@struct.dataclass
class _Sums:
    """Softmax under way: the best score so far, and sums of weights and weighted values relative to it."""

    best: Float[Array, "B K G T"]
    weight: Float[Array, "B K G T"]
    values: Float[Array, "B K G T D"]


def rotate(
    x: Float[Array, "B T H D"], positions: Int[Array, "#B T"], base: float, rotated: int
) -> Float[Array, "B T H D"]:
    """RoPE on the first `rotated` of a head's dimensions, halves paired; the rest passes through."""
    half = rotated // 2
    frequencies = base ** (-jnp.arange(half, dtype=jnp.float32) / half)
    angles = positions[..., None, None].astype(jnp.float32) * frequencies
    sin, cos = jnp.sin(angles).astype(x.dtype), jnp.cos(angles).astype(x.dtype)
    first, second, rest = x[..., :half], x[..., half:rotated], x[..., rotated:]
    return jnp.concatenate([first * cos - second * sin, second * cos + first * sin, rest], axis=-1)


def attend(
    q: Float[Array, "B T H D"],
    k: Float[Array, "B S K D"],
    v: Float[Array, "B S K D"],
    visible: Bool[Array, "#B T S"],
) -> Float[Array, "B T H D"]:
    """Softmax attention in float32, H / K query heads to each key head."""
    B, T, H, D = q.shape
    grouped = q.reshape(B, T, k.shape[2], -1, D)
    scores = jnp.einsum("btkgd,bskd->bkgts", grouped, k, preferred_element_type=jnp.float32) * D**-0.5
    shares = jax.nn.softmax(jnp.where(visible[:, None, None], scores, MASKED), axis=-1)
    mixed = jnp.einsum("bkgts,bskd->btkgd", shares.astype(v.dtype), v)
    return mixed.reshape(B, T, H, D)


def attend_to_past(
    q: Float[Array, "B T H D"], k: Float[Array, "B T K D"], v: Float[Array, "B T K D"], back: int
) -> Float[Array, "B T H D"]:
    """Each query of whole sequences sees itself and the `back` tokens before it.

    Long sequences go block by block of queries, so scores take T * (back + 256) places instead of T * T.
    """
    B, T, H, D = q.shape
    block = QUERY_BLOCK if T % QUERY_BLOCK == 0 else T
    lookback = min(back, T - block)
    k, v = (jnp.pad(x, ((0, 0), (lookback, 0), (0, 0), (0, 0))) for x in (k, v))

    def one_block(start: Int[Array, ""]) -> Float[Array, "B Q H D"]:
        queries = start + jnp.arange(block)[:, None]
        keys = start - lookback + jnp.arange(lookback + block)[None, :]
        visible = (keys >= 0) & (keys <= queries) & (keys >= queries - back)
        q_block = jax.lax.dynamic_slice_in_dim(q, start, block, axis=1)
        k_block, v_block = (jax.lax.dynamic_slice_in_dim(x, start, lookback + block, axis=1) for x in (k, v))
        return attend(q_block, k_block, v_block, visible[None])

    if block == T:
        return one_block(jnp.int32(0))
    blocks = jax.lax.map(one_block, jnp.arange(0, T, block))
    return jnp.moveaxis(blocks, 0, 1).reshape(B, T, H, D)


def extend(
    q: Float[Array, "B T H D"],
    k: Float[Array, "B T K D"],
    v: Float[Array, "B T K D"],
    ring: KeyRing,
    position: Int[Array, " B"],
    lengths: Int[Array, " B"],
    back: int,
) -> tuple[Float[Array, "B T H D"], KeyRing]:
    """Attention of T more tokens, the first of which stands at `position`, and the ring that holds them too."""
    B, T, H, D = q.shape
    K = k.shape[2]
    grouped = q.reshape(B, T, K, H // K, D)
    sums = _nothing(B, K, H // K, T, D)
    if (
        T == 1
    ):  # stored first, the ring changes in place: XLA would copy one that is read in a loop and written later
        ring = _store(ring, k, v, position, lengths)
        sums, ring = _add_ring(sums, grouped, ring, position, position[:, None], back)
    else:
        steps = jnp.arange(T)
        own = (steps[None, :] <= steps[:, None]) & (steps[None, :] >= steps[:, None] - back)
        sums = _add(sums, grouped, k, v, jnp.broadcast_to(own, (B, T, T)))
        sums, ring = _add_ring(sums, grouped, ring, position - 1, position[:, None] + steps, back)
        ring = _store(ring, k, v, position, lengths)
    mixed = jnp.moveaxis(sums.values / sums.weight[..., None], 3, 1)
    return mixed.reshape(B, T, H, D).astype(v.dtype), ring


def _add_ring(
    sums: _Sums,
    q: Float[Array, "B T K G D"],
    ring: KeyRing,
    newest: Int[Array, " B"],
    asked: Int[Array, "B T"],
    back: int,
) -> tuple[_Sums, KeyRing]:
    """The sums with the ring's keys in. `newest`: the last position that is in it; `asked`: those of the queries.

    It is read block by block, no further than the longest sequence fills it, and a block that a sequence does not
    fill changes nothing of its sums: neither the ring's size nor the company of a sequence changes a bit of them.
    """
    C = ring.keys.shape[1]
    block = min(RING_BLOCK, C)

    def add_block(index: Int[Array, ""], carry: tuple[_Sums, KeyRing]) -> tuple[_Sums, KeyRing]:
        sums, ring = carry
        places = index * block + jnp.arange(block)
        held = newest[:, None] - (newest[:, None] - places) % C  # the position whose key is in each place
        visible = (held >= 0)[:, None, :] & (held[:, None, :] >= asked[:, :, None] - back)
        keys, values = (
            jax.lax.dynamic_slice_in_dim(part, index * block, block, axis=1)
            for part in (ring.keys, ring.values)
        )
        return _add(sums, q, keys, values, visible), ring

    filled = jnp.minimum(jnp.max(newest) + 1, C)
    added: tuple[_Sums, KeyRing] = jax.lax.fori_loop(0, -(-filled // block), add_block, (sums, ring))
    return added


def _nothing(B: int, K: int, G: int, T: int, D: int) -> _Sums:
    rows = (B, K, G, T)
    return _Sums(jnp.full(rows, MASKED), jnp.zeros(rows), jnp.zeros((*rows, D)))


def _add(
    sums: _Sums,
    q: Float[Array, "B T K G D"],
    k: Float[Array, "B S K D"],
    v: Float[Array, "B S K D"],
    visible: Bool[Array, "B T S"],
) -> _Sums:
    """The sums with some more keys in; where none is visible, they are what they were, bit for bit.

    After Milakov and Gimelshein (2018), arXiv 1805.02867.
    """
    scale = q.shape[-1] ** -0.5
    scores = jnp.einsum("btkgd,bskd->bkgts", q, k, preferred_element_type=jnp.float32) * scale
    seen = visible[:, None, None]
    best = jnp.maximum(sums.best, jnp.max(jnp.where(seen, scores, MASKED), axis=-1))
    weights = jnp.where(seen, jnp.exp(scores - best[..., None]), 0.0)
    kept = jnp.exp(sums.best - best)
    mixed = jnp.einsum("bkgts,bskd->bkgtd", weights.astype(v.dtype), v, preferred_element_type=jnp.float32)
    return _Sums(best, sums.weight * kept + jnp.sum(weights, axis=-1), sums.values * kept[..., None] + mixed)


def _store(
    ring: KeyRing,
    k: Float[Array, "B T K D"],
    v: Float[Array, "B T K D"],
    position: Int[Array, " B"],
    lengths: Int[Array, " B"],
) -> KeyRing:
    """The ring with the new tokens over the oldest; padding, and what newer tokens would overwrite, is dropped."""
    B, T = k.shape[:2]
    C = ring.keys.shape[1]
    step = jnp.arange(T)
    kept = (step < lengths[:, None]) & (step >= lengths[:, None] - C)
    place = jnp.where(kept, (position[:, None] + step) % C, C)
    row = jnp.arange(B)[:, None]
    keys, values = (
        held.at[row, place].set(new, mode="drop") for held, new in ((ring.keys, k), (ring.values, v))
    )
    return KeyRing(keys, values)
