"""The layer that Gemma and Mistral share: attention, then a gated MLP, each behind its norm.

Letters: B sequences, T tokens, W width.
"""

from dataclasses import dataclass

from flax import linen as nn
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int

from generation.engine.networks.attention import KeyRing, empty_ring
from generation.engine.networks.heads import EVERYTHING, Heads
from generation.engine.networks.layers import Activation, GatedMLP, RMSNorm


@dataclass(frozen=True)
class TransformerConfig:
    """The shape of a Gemma or a Mistral. `window`: keys that a query sees, itself among them; None for all."""

    vocab_size: int
    width: int
    depth: int
    mlp_width: int
    heads: int
    kv_heads: int
    head_dim: int
    window: int | None
    norm_eps: float
    rope_base: float

    @property
    def back(self) -> int:
        return EVERYTHING if self.window is None else self.window - 1


class TransformerLayer(nn.Module):
    config: TransformerConfig
    activation: Activation
    norm_offset: float
    dtype: DTypeLike

    def setup(self) -> None:
        c = self.config
        self.input_layernorm = RMSNorm(c.width, c.norm_eps, self.dtype, self.norm_offset)
        self.post_attention_layernorm = RMSNorm(c.width, c.norm_eps, self.dtype, self.norm_offset)
        self.self_attn = Heads(
            c.width, c.heads, c.kv_heads, c.head_dim, c.rope_base, c.head_dim, c.back, self.dtype
        )
        self.mlp = GatedMLP(c.mlp_width, c.width, self.dtype, self.activation, bias=False)

    def empty_state(self, sequences: int, capacity: int) -> KeyRing:
        c = self.config
        return empty_ring(sequences, min(c.back + 1, capacity), c.kv_heads, c.head_dim, self.dtype)

    def whole(self, x: Float[Array, "B T W"]) -> Float[Array, "B T W"]:
        return self._add_mlp(x + self.self_attn.whole(self.input_layernorm(x)))

    def extend(
        self, x: Float[Array, "B T W"], ring: KeyRing, position: Int[Array, " B"], lengths: Int[Array, " B"]
    ) -> tuple[Float[Array, "B T W"], KeyRing]:
        mixed, ring = self.self_attn.extend(self.input_layernorm(x), ring, position, lengths)
        return self._add_mlp(x + mixed), ring

    def _add_mlp(self, x: Float[Array, "B T W"]) -> Float[Array, "B T W"]:
        return x + self.mlp(self.post_attention_layernorm(x))
