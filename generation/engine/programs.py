"""The compiled programs: all that a scheduler does on the device. A handful for a whole prompt set.

`extend` compiles once for each length of piece, all others once for a number of slots. States are donated, so they
change in place. A prompt is read row by row into a state of its own, then put whole into a slot: what it reads depends
on its own length alone, and nothing of what the slot held before is left.

Letters: B slots, T tokens of a piece, V vocabulary, S stop ids, N steps.
"""

from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import struct
from jax.sharding import Mesh
from jaxtyping import Array, Bool, Float, Int

from generation.engine.networks import Network, State
from generation.engine.sampling import RowSampling, Sampled, sample
from generation.engine.sharding import spread

Params = Any
NOTHING = -2  # written by a slot that holds no unfinished text


@struct.dataclass
class Slots:
    """All slots: what their sequences have seen, their newest token, and when their texts end.

    left: tokens that a text may still get, 0 in an idle slot.  stops: ids that end it, -1 for none.
    """

    state: State
    newest: Int[Array, " B"]
    left: Int[Array, " B"]
    stops: Int[Array, "B S"]
    sampling: RowSampling


@struct.dataclass
class Newcomer:
    """What a slot needs to know of the text that begins in it; every field is a row of `Slots`."""

    left: Int[Array, " 1"]
    stops: Int[Array, "1 S"]
    sampling: RowSampling


@partial(jax.jit, static_argnames=("network", "slots", "capacity", "stops", "mesh"))
def empty_slots(network: Network, slots: int, capacity: int, stops: int, mesh: Mesh | None = None) -> Slots:
    """Slots without texts, over a mesh made in parts: no device holds them all."""
    idle = jnp.zeros(slots, jnp.int32)
    greedy, no_stops = RowSampling.greedy(slots), jnp.full((slots, stops), -1, jnp.int32)
    return spread(Slots(network.empty_state(slots, capacity), idle, idle, no_stops, greedy), mesh)


@partial(jax.jit, static_argnames=("network", "capacity", "mesh"))
def empty_row(network: Network, capacity: int, mesh: Mesh | None = None) -> State:
    return spread(network.empty_state(1, capacity), mesh)


@partial(jax.jit, static_argnames=("network",), donate_argnames=("row",))
def extend(
    network: Network,
    params: Params,
    row: State,
    tokens: Int[Array, "1 T"],
    length: Int[Array, " 1"],
    is_first: Bool[Array, ""],
) -> tuple[Float[Array, "1 V"], State]:
    """One more piece of a prompt. Before its first piece the row is wiped, whatever it held."""
    row = jax.tree.map(lambda held: jnp.where(is_first, jnp.zeros_like(held), held), row)
    return _extend(network, params, tokens, length, row)


@partial(jax.jit, donate_argnames=("slots",))
def admit(
    slots: Slots, row: State, logits: Float[Array, "1 V"], slot: Int[Array, ""], newcomer: Newcomer
) -> tuple[Slots, Sampled]:
    """Puts a prompt that was read into a slot and draws the first token of its text, each field of it [1 1]."""
    drawn = sample(logits, newcomer.sampling, row.position)
    newest, left = _after(drawn.tokens, newcomer.left, newcomer.stops)
    entering = Slots(row, newest, left, newcomer.stops, newcomer.sampling)
    filled = jax.tree.map(lambda held, new: _put(held, new, slot), slots, entering)
    return filled, jax.tree.map(lambda row: row[None], drawn)


@partial(jax.jit, static_argnames=("network", "steps"), donate_argnames=("slots",))
def decode(
    network: Network, params: Params, slots: Slots, steps: int, hand_back: Bool[Array, ""]
) -> tuple[Slots, Sampled, Int[Array, ""]]:
    """Up to `steps` more tokens in every busy slot, each field of the result [N B]; how many steps it took.

    It ends early when no slot is busy, and with `hand_back` when one falls idle: another text is waiting for it.
    """
    B = slots.left.shape[0]

    def goes_on(carry: tuple[Slots, Sampled, Array, Array]) -> Array:
        slots, _, done, fell_idle = carry
        return (done < steps) & jnp.any(slots.left > 0) & ~(hand_back & fell_idle)

    def advance(carry: tuple[Slots, Sampled, Array, Array]) -> tuple[Slots, Sampled, Array, Array]:
        slots, written, done, _ = carry
        busy = slots.left > 0
        slots, drawn = _one_step(network, params, slots, busy)
        written = jax.tree.map(lambda rows, new: rows.at[done].set(new), written, drawn)
        return slots, written, done + 1, jnp.any(busy & (slots.left == 0))

    nothing = Sampled(
        jnp.full((steps, B), NOTHING, jnp.int32), jnp.zeros((steps, B)), jnp.zeros((steps, B), bool)
    )
    start = (slots, nothing, jnp.int32(0), jnp.bool_(False))
    if steps == 1:  # a loop of one pass would still copy what it carries
        slots, written, done, _ = advance(start)
    else:
        slots, written, done, _ = jax.lax.while_loop(goes_on, advance, start)
    return slots, written, done


@partial(jax.jit, donate_argnames=("slots",))
def release(slots: Slots, slot: Int[Array, ""]) -> Slots:
    """Ends the text in a slot, for a reason that only the host sees."""
    return slots.replace(left=slots.left.at[slot].set(0))  # type: ignore[attr-defined, no-any-return]


@partial(jax.jit, static_argnames=("network",))
def sequence_logits(network: Network, params: Params, tokens: Int[Array, " T"]) -> Float[Array, "T V"]:
    """Logits at every position of one sequence, computed in one piece."""
    with _exact(network):
        return network.apply({"params": params}, tokens[None], method="logits")[0]  # type: ignore[no-any-return]


def _one_step(
    network: Network, params: Params, slots: Slots, busy: Bool[Array, " B"]
) -> tuple[Slots, Sampled]:
    """An idle slot is computed as the others are, at position 0, where it costs least."""
    position = slots.state.position
    counted = slots.state.replace(position=jnp.where(busy, position, 0))
    logits, state = _extend(network, params, slots.newest[:, None], jnp.ones_like(position), counted)
    drawn = sample(logits, slots.sampling, state.position)
    newest, left = _after(drawn.tokens, slots.left, slots.stops)
    drawn = drawn.replace(tokens=jnp.where(busy, drawn.tokens, NOTHING))  # type: ignore[attr-defined]
    return Slots(state, newest, jnp.where(busy, left, 0), slots.stops, slots.sampling), drawn


def _after(
    tokens: Int[Array, " B"], left: Int[Array, " B"], stops: Int[Array, "B S"]
) -> tuple[Int[Array, " B"], Int[Array, " B"]]:
    """The tokens to go on with, and how many may follow: none after a stop id, or after one that is none at all."""
    stopped = jnp.any(tokens[:, None] == stops, axis=1) | (tokens < 0)
    return jnp.maximum(tokens, 0), jnp.where(stopped, 0, left - 1)


def _put(held: Array, new: Array, slot: Int[Array, ""]) -> Array:
    return jax.lax.dynamic_update_slice_in_dim(held, new.astype(held.dtype), slot, axis=0)


def _extend(
    network: Network, params: Params, tokens: Int[Array, "B T"], lengths: Int[Array, " B"], state: State
) -> tuple[Float[Array, "B V"], State]:
    with _exact(network):
        return network.apply({"params": params}, tokens, lengths, state, method="extend")  # type: ignore[no-any-return]


def _exact(network: Network) -> AbstractContextManager[None]:
    """Full float32 products in a float32 network: accelerators would round their inputs otherwise."""
    wide = "highest" if network.dtype == jnp.float32 else "default"
    precision: AbstractContextManager[None] = jax.default_matmul_precision(wide)
    return precision
