"""Layers that several networks share: the gated MLP, the norm, the plain product.

Letters: V vocabulary, W width; `*B` stands for any leading axes.
"""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax.typing import DTypeLike
from jaxtyping import Array, Float


def dense(features: int, dtype: DTypeLike, bias: bool = True) -> nn.Dense:
    return nn.Dense(features, use_bias=bias, dtype=dtype, param_dtype=dtype)


class GatedMLP(nn.Module):
    """down(gelu(gate(x)) * up(x)), with biases."""

    inner: int
    width: int
    dtype: DTypeLike

    def setup(self) -> None:
        self.gate_proj = dense(self.inner, self.dtype)
        self.up_proj = dense(self.inner, self.dtype)
        self.down_proj = dense(self.width, self.dtype)

    def __call__(self, x: Float[Array, "*B W"]) -> Float[Array, "*B W"]:
        return self.down_proj(nn.gelu(self.gate_proj(x), approximate=True) * self.up_proj(x))


class RMSNorm(nn.Module):
    """x / rms(x) * (1 + weight), computed in float32."""

    width: int
    eps: float
    dtype: DTypeLike

    def setup(self) -> None:
        self.weight = self.param("weight", nn.initializers.zeros, (self.width,), self.dtype)

    def __call__(self, x: Float[Array, "*B W"]) -> Float[Array, "*B W"]:
        wide = x.astype(jnp.float32)
        scale = jax.lax.rsqrt(jnp.mean(jnp.square(wide), axis=-1, keepdims=True) + self.eps)
        return (wide * scale * (1.0 + self.weight.astype(jnp.float32))).astype(self.dtype)
