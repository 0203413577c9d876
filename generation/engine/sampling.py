"""Choosing the next token: greedy, or drawn at a temperature from the top k, from the top p, or from both.

What a request draws depends on its seed and the token's place in its own sequence, never on the batch.
"""

import hashlib
import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from flax import struct
from jaxtyping import Array, Bool, Float, Int, UInt32


@dataclass(frozen=True)
class SamplingParams:
    """How one request's tokens are chosen; the default takes the likeliest token each time.

    temperature: 0 is greedy, and then the rest has no effect.  top_k: draw from the k likeliest tokens (and
    any tied with the last of them), 0 from all.  top_p: draw from the fewest likeliest tokens that hold this
    share of the probability, after top_k; 1 from all.  seed: 0 to 2**32 - 1.
    Raises: ValueError naming the parameter and its range.
    """

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        _check(
            "temperature", self.temperature, 0 <= self.temperature < math.inf, "a finite number, 0 or more"
        )
        _check("top_p", self.top_p, 0 < self.top_p <= 1, "above 0 and at most 1")
        _check("top_k", self.top_k, _is_whole(self.top_k) and self.top_k >= 0, "a whole number, 0 or more")
        _check(
            "seed", self.seed, _is_whole(self.seed) and 0 <= self.seed < 2**32, "a whole number in [0, 2**32)"
        )


def derived_seed(seed: int, name: str) -> int:
    """A seed of its own for whatever `name` names, the same on every machine: SHA-256 of both, 32 bits."""
    return int.from_bytes(hashlib.sha256(f"{seed}\0{name}".encode()).digest()[:4], "big")


@struct.dataclass
class RowSampling:
    """The sampling parameters of a batch, a row each."""

    temperature: Float[Array, " B"]
    top_k: Int[Array, " B"]
    top_p: Float[Array, " B"]
    seed: UInt32[Array, " B"]

    @staticmethod
    def of(params: SamplingParams) -> "RowSampling":
        """One row, made by the host: from plain numbers it would take a program of the device for each field."""
        top_k = min(params.top_k, 2**31 - 1)
        return RowSampling(
            jax.device_put(np.array([params.temperature], np.float32)),
            jax.device_put(np.array([top_k], np.int32)),
            jax.device_put(np.array([params.top_p], np.float32)),
            jax.device_put(np.array([params.seed], np.uint32)),
        )

    @staticmethod
    def greedy(rows: int) -> "RowSampling":
        zeros = jnp.zeros(rows, jnp.int32)
        return RowSampling(jnp.zeros(rows), zeros, jnp.ones(rows), jnp.zeros(rows, jnp.uint32))


@struct.dataclass
class Sampled:
    """Tokens that were chosen, their log-probabilities, and where the choice hung on less than CLOSE.

    logprobs: under the network's own distribution, before temperature, top_k and top_p.
    """

    tokens: Int[Array, "*B"]
    logprobs: Float[Array, "*B"]
    close: Bool[Array, "*B"]


NOT_FINITE = -1


CLOSE = 1e-3  # two best scores nearer than this may change places when the number of slots does


def sample(logits: Float[Array, "B V"], rows: RowSampling, positions: Int[Array, " B"]) -> Sampled:
    """The next token of each row, to stand at `positions`; NOT_FINITE where a logit is NaN or plus infinity."""
    best = jnp.max(logits, axis=-1)
    ids = jnp.arange(logits.shape[1])
    # two plain passes, where argmax makes one that no processor does in parallel
    greedy = jnp.min(jnp.where(logits == best[:, None], ids, logits.shape[1] - 1), axis=-1).astype(jnp.int32)
    second = jnp.max(jnp.where(ids == greedy[:, None], -jnp.inf, logits), axis=-1)
    is_close = best - second < CLOSE
    drawn, drawn_is_close = jax.lax.cond(
        jnp.any(rows.temperature > 0), lambda: _draw(logits, rows, positions), lambda: (greedy, is_close)
    )
    tokens = jnp.where(rows.temperature > 0, drawn, greedy)
    is_close = jnp.where(rows.temperature > 0, drawn_is_close, is_close)
    chosen = jnp.take_along_axis(logits, tokens[:, None], axis=1)[:, 0]
    total = jnp.sum(jnp.exp(logits - best[:, None]), axis=-1)
    finite = jnp.isfinite(best) & jnp.isfinite(total)  # a bad logit shows in one of them
    return Sampled(jnp.where(finite, tokens, NOT_FINITE), chosen - best - jnp.log(total), is_close)


def _draw(
    logits: Float[Array, "B V"], rows: RowSampling, positions: Int[Array, " B"]
) -> tuple[Int[Array, " B"], Bool[Array, " B"]]:
    """The likeliest token after Gumbel noise, and whether the choice was close (Gumbel 1954; Maddison 2014)."""
    # measured from the best, so that no temperature, however small, makes an infinity of it
    from_best = logits - jnp.max(logits, axis=-1, keepdims=True)
    scaled = from_best / jnp.maximum(rows.temperature, 1e-6)[:, None]
    narrowed = jax.lax.cond(
        jnp.any((rows.top_k > 0) | (rows.top_p < 1)), lambda: _narrow(scaled, rows), lambda: scaled
    )

    def noise(seed: UInt32[Array, ""], position: Int[Array, ""]) -> Float[Array, " V"]:
        key = jax.random.fold_in(jax.random.key(seed), position)
        return jax.random.gumbel(key, scaled.shape[1:], scaled.dtype)

    # Made once: the compiler would make the noise again in every pass that reads it, and compile it as often.
    noises = jax.lax.optimization_barrier(jax.vmap(noise)(rows.seed, positions))
    tokens = jnp.argmax(narrowed + noises, axis=-1).astype(jnp.int32)
    return tokens, _drawn_closely(
        scaled, narrowed, noises, tokens, CLOSE / jnp.maximum(rows.temperature, 1e-6)
    )


def _drawn_closely(
    scaled: Float[Array, "B V"],
    narrowed: Float[Array, "B V"],
    noises: Float[Array, "B V"],
    tokens: Int[Array, " B"],
    slack: Float[Array, " B"],
) -> Bool[Array, " B"]:
    """Whether scores that move by less than CLOSE, `slack` once scaled, may change what was drawn.

    Either another token comes ahead, or the narrowing drops the last that it kept or keeps the first that it dropped.
    That may be only where the drawn one is such a last one, and not the best, which nothing drops, or such a first
    one would have been drawn.
    """
    ids, slack = jnp.arange(scaled.shape[1]), slack[:, None]
    mine, kept = ids == tokens[:, None], narrowed > -jnp.inf
    noisy = scaled + noises
    ahead = jnp.max(jnp.where(mine, noisy, -jnp.inf), axis=-1, keepdims=True) - slack
    last = jnp.min(jnp.where(kept, scaled, jnp.inf), axis=-1, keepdims=True)
    first = jnp.max(jnp.where(kept, -jnp.inf, scaled), axis=-1, keepdims=True)
    rival = jnp.any((kept | (scaled >= first - slack)) & ~mine & (noisy > ahead), axis=-1)
    falls = mine & (scaled <= last + slack) & (scaled < jnp.max(scaled, axis=-1, keepdims=True))
    return rival | (jnp.any(falls, axis=-1) & ~jnp.all(kept, axis=-1))


def _narrow(scaled: Float[Array, "B V"], rows: RowSampling) -> Float[Array, "B V"]:
    """-inf for all but the top k, then for all but the top p of those."""
    ones = jnp.ones_like(scaled)
    top_k = _likeliest(scaled, ones, rows.top_k.astype(jnp.float32))
    scaled = jnp.where(top_k | (rows.top_k == 0)[:, None], scaled, -jnp.inf)
    top_p = _likeliest(scaled, jax.nn.softmax(scaled, axis=-1), rows.top_p)
    return jnp.where(top_p | (rows.top_p >= 1)[:, None], scaled, -jnp.inf)


def _likeliest(
    scores: Float[Array, "B V"], weights: Float[Array, "B V"], enough: Float[Array, " B"]
) -> Bool[Array, "B V"]:
    """The fewest best scores whose weights sum to `enough`, ties with the last included.

    Finds the threshold bit by bit, in 32 passes over the scores: sorting 256,000 of them costs far more.
    """
    ordered = _order_preserving_bits(scores)

    def try_bit(i: Int[Array, ""], threshold: UInt32[Array, " B"]) -> UInt32[Array, " B"]:
        higher = threshold | (jnp.uint32(1) << (31 - i).astype(jnp.uint32))
        held = jnp.sum(jnp.where(ordered >= higher[:, None], weights, 0.0), axis=-1)
        return jnp.where(held >= enough, higher, threshold)

    threshold: UInt32[Array, " B"] = jax.lax.fori_loop(0, 32, try_bit, jnp.zeros(scores.shape[0], jnp.uint32))
    return ordered >= threshold[:, None]


def _order_preserving_bits(x: Float[Array, "B V"]) -> UInt32[Array, "B V"]:
    """Unsigned integers that compare as the floats do."""
    bits = jax.lax.bitcast_convert_type(x, jnp.uint32)
    sign = jnp.uint32(1 << 31)
    return jnp.where(bits >= sign, ~bits, bits | sign)


def _check(name: str, value: object, right: bool, expected: str) -> None:
    if not right:
        raise ValueError(f"{name} is {value!r}; expected {expected}")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
