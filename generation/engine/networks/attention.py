"""Attention over a sliding window: rotary positions, whole sequences in blocks, a ring of keys for decoding.

Letters: B sequences, T tokens, S keys, H query heads, K key heads, D width of a head, C places in the ring.
Keys carry their rotation when they are stored, so a ring may hold them in any order.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

MASKED = -2.3819763e38  # finite in float32 and bfloat16, so a row with no visible key stays finite
QUERY_BLOCK = 256


def rotate(
    x: Float[Array, "B T H D"], positions: Int[Array, "B T"], base: float, rotated: int
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


def attend_within_window(
    q: Float[Array, "B T H D"], k: Float[Array, "B T K D"], v: Float[Array, "B T K D"], window: int
) -> Float[Array, "B T H D"]:
    """Each query sees itself and the `window` tokens before it: window + 1 keys.

    Long sequences go block by block of queries, so scores take T * (window + 256) places instead of T * T.
    """
    B, T, H, D = q.shape
    block = QUERY_BLOCK if T % QUERY_BLOCK == 0 else T
    lookback = min(window, T - block)
    k, v = (jnp.pad(x, ((0, 0), (lookback, 0), (0, 0), (0, 0))) for x in (k, v))

    def one_block(start: Int[Array, ""]) -> Float[Array, "B Q H D"]:
        queries = start + jnp.arange(block)[:, None]
        keys = start - lookback + jnp.arange(lookback + block)[None, :]
        visible = (keys >= 0) & (keys <= queries) & (keys >= queries - window)
        q_block = jax.lax.dynamic_slice_in_dim(q, start, block, axis=1)
        k_block, v_block = (jax.lax.dynamic_slice_in_dim(x, start, lookback + block, axis=1) for x in (k, v))
        return attend(q_block, k_block, v_block, visible[None])

    if block == T:
        return one_block(jnp.int32(0))
    blocks = jax.lax.map(one_block, jnp.arange(0, T, block))
    return jnp.moveaxis(blocks, 0, 1).reshape(B, T, H, D)


def last_into_ring(
    x: Float[Array, "B T K D"], lengths: Int[Array, " B"], places: int
) -> Float[Array, "B C K D"]:
    """The last `places` tokens of right-padded rows, token p at place p % places.

    Places whose token does not exist yet hold anything: `visible_in_ring` hides them.
    """
    positions = lengths[:, None] - 1 - _age(lengths - 1, places)
    within = jnp.clip(positions, 0, x.shape[1] - 1)
    return jnp.take_along_axis(x, within[:, :, None, None], axis=1)


def put_in_ring(
    ring: Float[Array, "B C K D"], x: Float[Array, "B K D"], position: Int[Array, " B"]
) -> Float[Array, "B C K D"]:
    """The ring with the token at `position` written over the oldest."""
    return ring.at[jnp.arange(ring.shape[0]), position % ring.shape[1]].set(x)


def visible_in_ring(position: Int[Array, " B"], places: int) -> Bool[Array, "B C"]:
    """Places that hold a token of the sequence, once the token at `position` is in."""
    return _age(position, places) <= position[:, None]


def _age(position: Int[Array, " B"], places: int) -> Int[Array, "B C"]:
    """How many tokens before `position` each place's token was."""
    return (position[:, None] - jnp.arange(places)) % places
