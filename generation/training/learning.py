"""Gradient descent: a network's parameters after some steps over batches, seed in, the same numbers out.

Letters: B conversations, T tokens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float

from generation.engine.networks import Network
from generation.training.examples import Batch

Params = Any
WARM_UP = 0.05  # the share of the steps in which the rate rises
STRONGEST_DECAY = (0.9, 0.999)  # of a recurrent channel at the start, as the Griffin paper has it


@dataclass(frozen=True)
class Progress:
    """Where training stands after `step` steps. loss: nats a token, over the last batch."""

    step: int
    loss: float
    params: Params


def learn(
    network: Any, batches: Sequence[Batch], steps: int, peak_rate: float, seed: int
) -> Iterator[Progress]:
    """Yields after every step. Each pass takes every batch once, in an order that the seed decides."""
    rate = optax.warmup_cosine_decay_schedule(0.0, peak_rate, int(WARM_UP * steps), steps, 0.02 * peak_rate)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, b2=0.98, weight_decay=0.01))
    params = first_params(network, seed)
    state = optimizer.init(params)
    advance = jax.jit(partial(_advance, network, optimizer), donate_argnums=(1,))
    for step, batch in zip(range(1, steps + 1), _in_order(batches, seed), strict=False):
        params, state, loss = advance(params, state, batch.tokens, batch.learnt)
        yield Progress(step, float(loss), params)


def first_params(network: Any, seed: int) -> Params:
    """As the network's modules begin, but with recurrent channels that remember."""
    begin = jax.jit(partial(network.init, method="logits"))
    params = begin(jax.random.key(seed), jnp.zeros((1, 1), jnp.int32))["params"]
    return jax.tree_util.tree_map_with_path(partial(_begin, np.random.default_rng(seed)), params)


def _begin(rng: np.random.Generator, path: tuple[Any, ...], values: Array) -> Array:
    if path[-1].key != "recurrent_param":
        return values
    decay = rng.uniform(*STRONGEST_DECAY, values.shape)  # which is exp(-8 softplus(p))
    return jnp.asarray(np.log(np.expm1(-np.log(decay) / 8.0)), values.dtype)


def _in_order(batches: Sequence[Batch], seed: int) -> Iterator[Batch]:
    rng = np.random.default_rng(seed)
    while True:
        yield from (batches[i] for i in rng.permutation(len(batches)))


def _advance(
    network: Network,
    optimizer: optax.GradientTransformation,
    params: Params,
    state: Any,
    tokens: Array,
    learnt: Array,
) -> tuple[Params, Any, Float[Array, ""]]:
    loss, gradients = jax.value_and_grad(_loss)(params, network, tokens, learnt)
    updates, state = optimizer.update(gradients, state, params)
    return optax.apply_updates(params, updates), state, loss


def _loss(params: Params, network: Network, tokens: Array, learnt: Array) -> Float[Array, ""]:
    """Mean cross-entropy of the tokens that are to be learnt, each given all before it."""
    logits = network.apply({"params": params}, tokens[:, :-1], method="logits")
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:])
    weights = learnt[:, 1:]
    return jnp.sum(losses * weights) / jnp.sum(weights)
