"""Mistral 7B. After Jiang et al. (2023), arXiv 2310.06825; from version 0.2 on without the sliding window."""

from flax import linen as nn
from jaxtyping import Array, Float, Int

from generation.engine.networks.decoder import Decoder, product_with, table
from generation.engine.networks.int8 import rows_of
from generation.engine.networks.layers import RMSNorm
from generation.engine.networks.transformer import TransformerConfig, TransformerLayer


class Mistral(Decoder):
    config: TransformerConfig

    def setup(self) -> None:
        c = self.config
        self.embedding = table(self, "embedding", c.vocab_size, c.width, self.dtype)
        self.lm_head = table(self, "lm_head", c.vocab_size, c.width, self.dtype)
        self.layers = self.blocks()
        self.final_norm = RMSNorm(c.width, c.norm_eps, self.dtype, offset=0.0)

    def blocks(self) -> list[TransformerLayer]:
        return [
            TransformerLayer(self.config, nn.silu, 0.0, self.dtype, parent=None)
            for _ in range(self.config.depth)
        ]

    def embed(self, tokens: Int[Array, "B T"]) -> Float[Array, "B T W"]:
        return rows_of(self.embedding, tokens, self.dtype)

    def head(self, x: Float[Array, "*B W"]) -> Float[Array, "*B V"]:
        return product_with(self.lm_head, x)
