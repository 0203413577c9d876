"""The attention block of every network here: projections, rotary positions, grouped heads, a window or none.

Letters: B sequences, T tokens, W width, H heads, K key heads, D width of a head.
"""

import jax.numpy as jnp
from flax import linen as nn
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int

from generation.engine.networks import attention
from generation.engine.networks.attention import KeyRing
from generation.engine.networks.layers import Product

EVERYTHING = 1 << 30  # tokens before a query that it may see, where there is no window


class Heads(nn.Module):
    """Grouped-query attention; each query sees itself and the `back` tokens before it."""

    width: int
    heads: int
    kv_heads: int
    head_dim: int
    rope_base: float
    rotated: int
    back: int
    dtype: DTypeLike
    out_bias: bool = False

    def setup(self) -> None:
        self.q_proj = Product(self.heads * self.head_dim, self.dtype, bias=False)
        self.k_proj = Product(self.kv_heads * self.head_dim, self.dtype, bias=False)
        self.v_proj = Product(self.kv_heads * self.head_dim, self.dtype, bias=False)
        self.o_proj = Product(self.width, self.dtype, bias=self.out_bias)

    def whole(self, x: Float[Array, "B T W"]) -> Float[Array, "B T W"]:
        q, k, v = self._project(x, jnp.arange(x.shape[1])[None])
        return self._out(attention.attend_to_past(q, k, v, self.back))

    def extend(
        self, x: Float[Array, "B T W"], ring: KeyRing, position: Int[Array, " B"], lengths: Int[Array, " B"]
    ) -> tuple[Float[Array, "B T W"], KeyRing]:
        q, k, v = self._project(x, position[:, None] + jnp.arange(x.shape[1]))
        mixed, ring = attention.extend(q, k, v, ring, position, lengths, self.back)
        return self._out(mixed), ring

    def _project(
        self, x: Float[Array, "B T W"], positions: Int[Array, "#B T"]
    ) -> tuple[Float[Array, "B T H D"], Float[Array, "B T K D"], Float[Array, "B T K D"]]:
        q, k, v = (project(x) for project in (self.q_proj, self.k_proj, self.v_proj))
        q, k, v = (part.reshape(*x.shape[:2], -1, self.head_dim) for part in (q, k, v))
        q, k = (attention.rotate(part, positions, self.rope_base, self.rotated) for part in (q, k))
        return q, k, v

    def _out(self, mixed: Float[Array, "B T H D"]) -> Float[Array, "B T W"]:
        return self.o_proj(mixed.reshape(*mixed.shape[:2], -1))
