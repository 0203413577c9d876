"""Gemma, first version and 1.1. After the Gemma report, arXiv 2403.08295.

The embedding is scaled by sqrt(width) in the weights' dtype, norms are stored as their distance from 1, the head is the
embedding.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from generation.engine.networks.decoder import Decoder, product_with, table
from generation.engine.networks.int8 import rows_of
from generation.engine.networks.layers import RMSNorm, gelu
from generation.engine.networks.transformer import TransformerConfig, TransformerLayer


class Gemma(Decoder):
    config: TransformerConfig

    def setup(self) -> None:
        c = self.config
        self.embedding = table(self, "embedding", c.vocab_size, c.width, self.dtype)
        self.layers = self.blocks()
        self.final_norm = RMSNorm(c.width, c.norm_eps, self.dtype)

    def blocks(self) -> list[TransformerLayer]:
        return [
            TransformerLayer(self.config, gelu, 1.0, self.dtype, parent=None)
            for _ in range(self.config.depth)
        ]

    def embed(self, tokens: Int[Array, "B T"]) -> Float[Array, "B T W"]:
        scale = jnp.asarray(self.config.width**0.5, self.dtype)
        return rows_of(self.embedding, tokens, self.dtype) * scale

    def head(self, x: Float[Array, "*B W"]) -> Float[Array, "*B V"]:
        return product_with(self.embedding, x)
