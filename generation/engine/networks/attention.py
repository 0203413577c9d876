"""Causal attention, over a window or over everything: rotary positions, whole sequences, and a ring of past keys.

Letters: B sequences, T tokens, S keys, H query heads, K key heads, G queries to a key head, D width of a head,
C places in the ring.
Keys carry their rotation when they are stored, so a ring may hold them in any order.
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from flax import struct
from jaxtyping import Array, Bool, Float, Int

from generation.engine.networks.softmax import MASKED, Sums, add, mixed, nothing

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
    arguments = (q, k, v, ring, position, lengths)
    if q.shape[1] > 1:
        return _extend_then_store(*arguments, back=back, add_ring=_add_ring_in_blocks)
    step = partial(_extend_then_store, back=back, add_ring=_add_whole_ring)
    extended: tuple[Array, KeyRing] = jax.lax.platform_dependent(
        *arguments, cpu=partial(_store_then_step, back=back), default=step
    )
    return extended


def _store_then_step(
    q: Array, k: Array, v: Array, ring: KeyRing, position: Array, lengths: Array, back: int
) -> tuple[Array, KeyRing]:
    """One token each. Stored first, the ring changes in place: XLA copies one that a loop reads before it changes."""
    ring = _store(ring, k, v, position, lengths)
    sums, grouped = nothing(q, k)
    sums, ring = _add_ring_in_blocks(sums, grouped, ring, position, position[:, None], back)
    return mixed(sums, q, v), ring


def _extend_then_store(
    q: Array,
    k: Array,
    v: Array,
    ring: KeyRing,
    position: Array,
    lengths: Array,
    back: int,
    add_ring: Callable[..., tuple[Sums, KeyRing]],
) -> tuple[Array, KeyRing]:
    """What is stored may overwrite what the first of the new tokens still see."""
    sums, grouped = nothing(q, k)
    B, T = q.shape[:2]
    steps = jnp.arange(T)
    own = (steps[None, :] <= steps[:, None]) & (steps[None, :] >= steps[:, None] - back)
    sums = add(sums, grouped, k, v, jnp.broadcast_to(own, (B, T, T)))
    sums, ring = add_ring(sums, grouped, ring, position - 1, position[:, None] + steps, back)
    return mixed(sums, q, v), _store(ring, k, v, position, lengths)


def _add_whole_ring(
    sums: Sums,
    q: Float[Array, "B T K G D"],
    ring: KeyRing,
    newest: Int[Array, " B"],
    asked: Int[Array, "B T"],
    back: int,
) -> tuple[Sums, KeyRing]:
    """As `_add_ring_in_blocks`, in one piece: an accelerator would copy the ring for a loop."""
    visible = _visible(jnp.arange(ring.keys.shape[1]), ring, newest, asked, back)
    return add(sums, q, ring.keys, ring.values, visible), ring


def _visible(
    places: Int[Array, " S"], ring: KeyRing, newest: Int[Array, " B"], asked: Int[Array, "B T"], back: int
) -> Bool[Array, "B T S"]:
    """Which of these places hold a key that each query may see."""
    held = (
        newest[:, None] - (newest[:, None] - places) % ring.keys.shape[1]
    )  # the position whose key is there
    return (held >= 0)[:, None, :] & (held[:, None, :] >= asked[:, :, None] - back)


def _add_ring_in_blocks(
    sums: Sums,
    q: Float[Array, "B T K G D"],
    ring: KeyRing,
    newest: Int[Array, " B"],
    asked: Int[Array, "B T"],
    back: int,
) -> tuple[Sums, KeyRing]:
    """The sums with the ring's keys in. `newest`: the last position that is in it; `asked`: those of the queries.

    It is read block by block, no further than the longest sequence fills it, and a block that a sequence does not
    fill changes nothing of its sums: neither the ring's size nor the company of a sequence changes a bit of them.
    """
    C = ring.keys.shape[1]
    block = min(RING_BLOCK, C)

    def add_block(index: Int[Array, ""], carry: tuple[Sums, KeyRing]) -> tuple[Sums, KeyRing]:
        sums, ring = carry
        visible = _visible(index * block + jnp.arange(block), ring, newest, asked, back)
        keys, values = (
            jax.lax.dynamic_slice_in_dim(part, index * block, block, axis=1)
            for part in (ring.keys, ring.values)
        )
        return add(sums, q, keys, values, visible), ring

    filled = jnp.minimum(jnp.max(newest) + 1, C)
    added: tuple[Sums, KeyRing] = jax.lax.fori_loop(0, -(-filled // block), add_block, (sums, ring))
    return added


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
