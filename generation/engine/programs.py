"""The compiled programs: prompts in, one step on. All that a scheduler knows of a network.

Each compiles once per shape: `admit` per bucket of prompt lengths, `advance` once for a number of slots.
The state is donated, so a step changes it in place.
"""

from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from generation.engine.networks import Network, State
from generation.engine.sampling import RowSampling, sample

Params = Any


def prefill(
    network: Network, params: Params, tokens: Int[Array, "P T"], lengths: Int[Array, " P"], capacity: int
) -> tuple[Float[Array, "P V"], State]:
    """Logits after each right-padded prompt, and its state with room for `capacity` tokens."""
    with _exact(params):
        return network.apply({"params": params}, tokens, lengths, capacity, method="prefill")  # type: ignore[no-any-return]


def step(
    network: Network, params: Params, tokens: Int[Array, " B"], state: State
) -> tuple[Float[Array, "B V"], State]:
    """Logits after one more token in every slot, and the state that has seen it."""
    with _exact(params):
        return network.apply({"params": params}, tokens, state, method="step")  # type: ignore[no-any-return]


def insert(state: State, rows: State, slots: Int[Array, " P"]) -> State:
    """The state with whole slots overwritten by rows: nothing of what a slot held before is left.

    A row whose slot is beyond the last is dropped.
    """
    return jax.tree.map(lambda held, new: held.at[slots].set(new, mode="drop"), state, rows)


@partial(jax.jit, static_argnames=("network", "capacity"), donate_argnames=("state",))
def admit(
    network: Network,
    params: Params,
    state: State,
    tokens: Int[Array, "P T"],
    lengths: Int[Array, " P"],
    slots: Int[Array, " P"],
    sampling: RowSampling,
    capacity: int,
) -> tuple[Int[Array, " P"], State]:
    """Puts prompts into slots; the first new token of each prompt, and the state."""
    logits, rows = prefill(network, params, tokens, lengths, capacity)
    return sample(logits, sampling, lengths), insert(state, rows, slots)


@partial(jax.jit, static_argnames=("network",), donate_argnames=("state",))
def advance(
    network: Network, params: Params, state: State, tokens: Int[Array, " B"], sampling: RowSampling
) -> tuple[Int[Array, " B"], State]:
    """Takes the newest token of each slot; the next of each, and the state."""
    logits, state = step(network, params, tokens, state)
    return sample(logits, sampling, state.position), state


@partial(jax.jit, static_argnames=("network",))
def sequence_logits(network: Network, params: Params, tokens: Int[Array, " T"]) -> Float[Array, "T V"]:
    """Logits at every position of one sequence, computed in one piece."""
    with _exact(params):
        return network.apply({"params": params}, tokens[None], method="logits")[0]  # type: ignore[no-any-return]


def _exact(params: Params) -> AbstractContextManager[None]:
    """Full float32 products for float32 weights: accelerators would round their inputs otherwise."""
    wide = jax.tree.leaves(params)[0].dtype == jnp.float32
    precision: AbstractContextManager[None] = jax.default_matmul_precision("highest" if wide else "default")
    return precision
