"""Griffin's layers: a gated linear recurrence (RG-LRU) or attention over a window, then a gated MLP.

After De et al. (2024), arXiv 2402.19427. A query sees window + 1 keys: itself and `window` before it.

Letters: B sequences, T tokens, W width, R width of the recurrence, H heads, K key heads, D width of a head.
"""

from dataclasses import dataclass
from typing import Any, Literal

import jax.numpy as jnp
from flax import linen as nn
from flax import struct
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int

from generation.engine.networks.attention import KeyRing, empty_ring
from generation.engine.networks.heads import Heads
from generation.engine.networks.layers import GatedMLP, Product, RMSNorm, gelu
from generation.engine.networks.recurrence import RGLRU, CausalConv

BlockKind = Literal["recurrent", "attention"]


@dataclass(frozen=True)
class RecurrentGemmaConfig:
    """The shape of a RecurrentGemma; `block_types` repeats until there are `depth` layers."""

    vocab_size: int
    width: int
    depth: int
    mlp_width: int
    heads: int
    kv_heads: int
    head_dim: int
    lru_width: int
    window: int
    conv_width: int
    block_types: tuple[BlockKind, ...]
    logits_soft_cap: float
    norm_eps: float
    rope_base: float
    rotated_share: float

    @property
    def layer_kinds(self) -> tuple[BlockKind, ...]:
        return tuple(self.block_types[i % len(self.block_types)] for i in range(self.depth))

    @property
    def rotated(self) -> int:
        return int(self.head_dim * self.rotated_share)


@struct.dataclass
class RecurrentState:
    """What a recurrent layer remembers of each sequence: h, and the last inputs of the convolution."""

    hidden: Float[Array, "B R"]
    conv: Float[Array, "B taps R"]


class GriffinLayer(nn.Module):
    """One residual layer: temporal mixing, then the gated MLP, each behind its norm."""

    config: RecurrentGemmaConfig
    kind: BlockKind
    dtype: DTypeLike
    divided: bool = False

    def setup(self) -> None:
        c = self.config
        self.temporal_pre_norm = RMSNorm(c.width, c.norm_eps, self.dtype)
        self.channel_pre_norm = RMSNorm(c.width, c.norm_eps, self.dtype)
        self.temporal_block: RecurrentBlock | Heads
        if self.kind == "attention":
            self.temporal_block = Heads(
                c.width, c.heads, c.kv_heads, c.head_dim, c.rope_base, c.rotated, c.window, self.dtype, True
            )
        else:
            self.temporal_block = RecurrentBlock(c, self.dtype, self.divided)
        self.mlp_block = GatedMLP(c.mlp_width, c.width, self.dtype)

    def empty_state(self, sequences: int, capacity: int) -> RecurrentState | KeyRing:
        c = self.config
        if self.kind == "attention":
            return empty_ring(sequences, min(c.window + 1, capacity), c.kv_heads, c.head_dim, self.dtype)
        conv = jnp.zeros((sequences, c.conv_width - 1, c.lru_width), self.dtype)
        return RecurrentState(jnp.zeros((sequences, c.lru_width), jnp.float32), conv)

    def whole(self, x: Float[Array, "B T W"]) -> Float[Array, "B T W"]:
        return self._add_mlp(x + self.temporal_block.whole(self.temporal_pre_norm(x)))

    def extend(
        self, x: Float[Array, "B T W"], state: Any, position: Int[Array, " B"], lengths: Int[Array, " B"]
    ) -> tuple[Float[Array, "B T W"], RecurrentState | KeyRing]:
        mixed, state = self.temporal_block.extend(self.temporal_pre_norm(x), state, position, lengths)
        return self._add_mlp(x + mixed), state

    def _add_mlp(self, x: Float[Array, "B T W"]) -> Float[Array, "B T W"]:
        return x + self.mlp_block(self.channel_pre_norm(x))


class RecurrentBlock(nn.Module):
    """A causal convolution of four taps and the RG-LRU, gated by a parallel branch."""

    config: RecurrentGemmaConfig
    dtype: DTypeLike
    divided: bool = False

    def setup(self) -> None:
        c = self.config
        self.linear_y = Product(c.lru_width, self.dtype)
        self.linear_x = Product(c.lru_width, self.dtype)
        self.linear_out = Product(c.width, self.dtype)
        self.conv_1d = CausalConv(c.conv_width, c.lru_width, self.dtype)
        self.rg_lru = RGLRU(c.heads, c.lru_width, self.dtype, self.divided)

    def whole(self, x: Float[Array, "B T W"]) -> Float[Array, "B T W"]:
        c, sequences = self.config, x.shape[0]
        nothing = RecurrentState(
            jnp.zeros((sequences, c.lru_width), jnp.float32),
            jnp.zeros((sequences, c.conv_width - 1, c.lru_width), self.dtype),
        )
        start, lengths = jnp.zeros(sequences, jnp.int32), jnp.full(sequences, x.shape[1], jnp.int32)
        return self.extend(x, nothing, start, lengths)[0]

    def extend(
        self,
        x: Float[Array, "B T W"],
        state: RecurrentState,
        position: Int[Array, " B"],
        lengths: Int[Array, " B"],
    ) -> tuple[Float[Array, "B T W"], RecurrentState]:
        convolved, conv = self.conv_1d(self.linear_x(x), state.conv, lengths)
        h, hidden = self.rg_lru(convolved, state.hidden, position, lengths)
        return self.linear_out(h.astype(self.dtype) * gelu(self.linear_y(x))), RecurrentState(hidden, conv)
