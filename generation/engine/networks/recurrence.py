"""The linear recurrence of Griffin: a short causal convolution and the RG-LRU.

Both take right-padded rows: what stands right of a row's length changes neither its outputs nor its state.
Letters: B sequences, T tokens, R width of the recurrence, H heads (blocks of the gates).
"""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax.typing import DTypeLike
from jaxtyping import Array, Bool, Float, Int

from generation.engine.networks.scan_kernel import scan_by_kernel


class CausalConv(nn.Module):
    """A depthwise convolution over time that sees only the past; its last tap is the present."""

    taps: int
    channels: int
    dtype: DTypeLike

    def setup(self) -> None:
        init = nn.initializers.normal(self.taps**-0.5)
        self.weight = self.param("weight", init, (self.taps, self.channels), self.dtype)
        self.bias = self.param("bias", nn.initializers.zeros, (self.channels,), self.dtype)

    def __call__(
        self, u: Float[Array, "B T R"], past: Float[Array, "B taps R"], lengths: Int[Array, " B"]
    ) -> tuple[Float[Array, "B T R"], Float[Array, "B taps R"]]:
        """The convolved inputs, and the last inputs of each row, which the next ones will need."""
        T = u.shape[1]
        inputs = jnp.concatenate([past, u], axis=1)
        convolved = sum((inputs[:, j : j + T] * self.weight[j] for j in range(self.taps)), self.bias)
        # input p stands at p + past, so the last inputs before a row's true end begin at its length
        last = lengths[:, None] + jnp.arange(self.taps - 1)
        return convolved, jnp.take_along_axis(inputs, last[:, :, None], axis=1)


class RGLRU(nn.Module):
    """The real-gated linear recurrent unit: h' = a h + sqrt(1 - a^2) (i c), gates per head, in float32."""

    heads: int
    width: int
    dtype: DTypeLike
    divided: bool = False

    def setup(self) -> None:
        block = self.width // self.heads
        matrix, row = (self.heads, block, block), (self.heads, block)
        normal, zeros = nn.initializers.normal(block**-0.5), nn.initializers.zeros
        self.input_gate_weight = self.param("input_gate_weight", normal, matrix, self.dtype)
        self.input_gate_bias = self.param("input_gate_bias", zeros, row, self.dtype)
        self.recurrent_gate_weight = self.param("recurrent_gate_weight", normal, matrix, self.dtype)
        self.recurrent_gate_bias = self.param("recurrent_gate_bias", zeros, row, self.dtype)
        self.recurrent_param = self.param("recurrent_param", nn.initializers.zeros, (self.width,), self.dtype)

    def __call__(
        self,
        c: Float[Array, "B T R"],
        hidden: Float[Array, "B R"],
        position: Int[Array, " B"],
        lengths: Int[Array, " B"],
    ) -> tuple[Float[Array, "B T R"], Float[Array, "B R"]]:
        """h at every token, and h at each row's true end: pads keep it (a = 1) and add nothing."""
        time = jnp.arange(c.shape[1])[:, None]
        a, x = self._decay_and_input(c, position[:, None, None] + time == 0)
        within = time < lengths[:, None, None]
        h = linear_scan(jnp.where(within, a, 1.0), jnp.where(within, x, 0.0), hidden, self.divided)
        return h, h[:, -1]

    def _decay_and_input(
        self, c: Float[Array, "*B R"], first: Bool[Array, "*#B 1"]
    ) -> tuple[Float[Array, "*B R"], Float[Array, "*B R"]]:
        i = self._gate(c, self.input_gate_weight, self.input_gate_bias)
        r = self._gate(c, self.recurrent_gate_weight, self.recurrent_gate_bias)
        log_a = -8.0 * r * jax.nn.softplus(self.recurrent_param.astype(jnp.float32))
        # a sequence starts from nothing, and its first input is not scaled down to make room for a past
        scale = jnp.where(first, 1.0, jnp.sqrt(-jnp.expm1(2.0 * log_a)))
        return jnp.where(first, 0.0, jnp.exp(log_a)), scale * i * c.astype(jnp.float32)

    def _gate(
        self, c: Float[Array, "*B R"], weight: Float[Array, "H r r"], bias: Float[Array, "H r"]
    ) -> Float[Array, "*B R"]:
        by_head = c.reshape(*c.shape[:-1], self.heads, -1)
        gate = jax.lax.platform_dependent(by_head, weight, cpu=_head_after_head, default=_all_heads) + bias
        return jax.nn.sigmoid(gate.astype(jnp.float32)).reshape(c.shape)


def _all_heads(x: Float[Array, "*B H r"], weight: Float[Array, "H r r"]) -> Float[Array, "*B H r"]:
    return jnp.einsum("...hi,hij->...hj", x, weight)


def _head_after_head(x: Float[Array, "*B H r"], weight: Float[Array, "H r r"]) -> Float[Array, "*B H r"]:
    """Plain products: batched ones take twice the time on a processor."""
    return jnp.stack([x[..., head, :] @ weight[head] for head in range(len(weight))], axis=-2)


def linear_scan(
    a: Float[Array, "B T R"], x: Float[Array, "B T R"], start: Float[Array, "B R"], divided: bool = False
) -> Float[Array, "B T R"]:
    """h[t] = a[t] h[t - 1] + x[t], from h[-1] = start. `divided`: over several devices.

    One after the other on a processor, which does little at once; so, too, by a kernel on a single TPU; by doubling
    elsewhere.
    """
    if a.shape[1] == 1:
        return a * start[:, None] + x
    on_tpu = _by_doubling if divided else _by_kernel
    scanned: Array = jax.lax.platform_dependent(
        a, x, start, cpu=_in_sequence, tpu=on_tpu, default=_by_doubling
    )
    return scanned


def _in_sequence(a: Array, x: Array, start: Array) -> Array:
    def advance(h: Array, now: tuple[Array, Array]) -> tuple[Array, Array]:
        h = now[0] * h + now[1]
        return h, h

    _, h = jax.lax.scan(advance, start, (jnp.swapaxes(a, 0, 1), jnp.swapaxes(x, 0, 1)))
    return jnp.swapaxes(h, 0, 1)


@jax.custom_vjp
def _by_kernel(a: Array, x: Array, start: Array) -> Array:
    return scan_by_kernel(a, x, start)


def _by_doubling(a: Array, x: Array, start: Array) -> Array:
    """In log2 T passes each place takes in twice as many before it (Hillis and Steele, 1986)."""
    x = x.at[:, 0].add(a[:, 0] * start)
    reach = 1
    while reach < x.shape[1]:
        x = x.at[:, reach:].add(a[:, reach:] * x[:, :-reach])
        a = a.at[:, reach:].multiply(a[:, :-reach])
        reach *= 2
    return x


_by_kernel.defvjp(lambda *inputs: jax.vjp(_by_doubling, *inputs), lambda pull, gradient: pull(gradient))
