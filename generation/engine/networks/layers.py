"""Layers that several networks share: the gated MLP, the norm, the plain product.

Letters: I inputs, O outputs, W width; `*B` stands for any leading axes.
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax.typing import DTypeLike
from jaxtyping import Array, Float

from generation.engine.networks.int8 import of_dtype, scaled

Activation = Callable[[Array], Array]
gelu: Activation = partial(nn.gelu, approximate=True)


class Product(nn.Module):
    """x @ kernel + bias; the kernel may be in eight bits."""

    features: int
    dtype: DTypeLike
    bias: bool = True

    @nn.compact
    def __call__(self, x: Float[Array, "*B I"]) -> Float[Array, "*B O"]:
        shape = (x.shape[-1], self.features)
        kernel = self.param("kernel", nn.initializers.lecun_normal(), shape, self.dtype)
        product = scaled(jnp.dot(x, of_dtype(kernel, self.dtype)), kernel)
        if not self.bias:
            return product
        return product + self.param("bias", nn.initializers.zeros, (self.features,), self.dtype)


class GatedMLP(nn.Module):
    """down(activation(gate(x)) * up(x))."""

    inner: int
    width: int
    dtype: DTypeLike
    activation: Activation = gelu
    bias: bool = True

    def setup(self) -> None:
        self.gate_proj = Product(self.inner, self.dtype, self.bias)
        self.up_proj = Product(self.inner, self.dtype, self.bias)
        self.down_proj = Product(self.width, self.dtype, self.bias)

    def __call__(self, x: Float[Array, "*B W"]) -> Float[Array, "*B W"]:
        return self.down_proj(self.activation(self.gate_proj(x)) * self.up_proj(x))


class RMSNorm(nn.Module):
    """x / rms(x) * (offset + weight), computed in float32. Gemma's weights are stored as their distance from 1."""

    width: int
    eps: float
    dtype: DTypeLike
    offset: float = 1.0

    def setup(self) -> None:
        plain = nn.initializers.constant(1.0 - self.offset)  # an untrained norm scales by 1
        self.weight = self.param("weight", plain, (self.width,), self.dtype)

    def __call__(self, x: Float[Array, "*B W"]) -> Float[Array, "*B W"]:
        wide = x.astype(jnp.float32)
        scale = jax.lax.rsqrt(jnp.mean(jnp.square(wide), axis=-1, keepdims=True) + self.eps)
        return (wide * scale * (self.offset + self.weight.astype(jnp.float32))).astype(self.dtype)
