"""RecurrentGemma: Griffin blocks of a gated linear recurrence (RG-LRU) and of attention over a window.

After De et al. (2024), arXiv 2402.19427, and the RecurrentGemma report, arXiv 2404.07839. Where
implementations differ, this follows what the released weights were trained with: a query sees window + 1
keys, and the embedding is scaled by sqrt(width) rounded to bfloat16 even in float32.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from generation.engine.networks.decoder import Decoder, product_with, table
from generation.engine.networks.griffin import GriffinLayer, RecurrentGemmaConfig
from generation.engine.networks.int8 import rows_of
from generation.engine.networks.layers import RMSNorm


class RecurrentGemma(Decoder):
    config: RecurrentGemmaConfig

    def setup(self) -> None:
        c = self.config
        self.embedding = table(self, "embedding", c.vocab_size, c.width, self.dtype)
        self.layers = self.blocks()
        self.final_norm = RMSNorm(c.width, c.norm_eps, self.dtype)

    def blocks(self) -> list[GriffinLayer]:
        kinds = self.config.layer_kinds
        return [GriffinLayer(self.config, kind, self.dtype, self.divided, parent=None) for kind in kinds]

    def embed(self, tokens: Int[Array, "B T"]) -> Float[Array, "B T W"]:
        scale = jnp.asarray(self.config.width**0.5, jnp.bfloat16).astype(self.dtype)
        return rows_of(self.embedding, tokens, self.dtype) * scale

    def head(self, x: Float[Array, "*B W"]) -> Float[Array, "*B V"]:
        cap = self.config.logits_soft_cap
        return cap * jnp.tanh(product_with(self.embedding, x) / cap)
