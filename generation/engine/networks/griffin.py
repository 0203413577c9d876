"""Griffin's layers: a gated linear recurrence (RG-LRU) or attention over a window, then a gated MLP.

After De et al. (2024), arXiv 2402.19427. A query sees window + 1 keys: itself and `window` before it.

Letters: B sequences, T tokens, W width, R width of the recurrence, H heads, K key heads, D width of a head,
C places in the ring of keys.
"""

from dataclasses import dataclass
from typing import Any, Literal

import jax.numpy as jnp
from flax import linen as nn
from flax import struct
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int

from generation.engine.networks import attention
from generation.engine.networks.layers import GatedMLP, RMSNorm, dense
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


@struct.dataclass
class AttentionState:
    """What an attention layer remembers: the ring of the last keys and values."""

    keys: Float[Array, "B C K D"]
    values: Float[Array, "B C K D"]


class Layer(nn.Module):
    """One residual layer: temporal mixing, then the gated MLP, each behind its norm."""

    config: RecurrentGemmaConfig
    kind: BlockKind
    dtype: DTypeLike

    def setup(self) -> None:
        c = self.config
        self.temporal_pre_norm = RMSNorm(c.width, c.norm_eps, self.dtype)
        self.channel_pre_norm = RMSNorm(c.width, c.norm_eps, self.dtype)
        self.temporal_block: RecurrentBlock | AttentionBlock
        if self.kind == "attention":
            self.temporal_block = AttentionBlock(c, self.dtype)
        else:
            self.temporal_block = RecurrentBlock(c, self.dtype)
        self.mlp_block = GatedMLP(c.mlp_width, c.width, self.dtype)

    def sequence(
        self, x: Float[Array, "B T W"], lengths: Int[Array, " B"], places: int
    ) -> tuple[Float[Array, "B T W"], RecurrentState | AttentionState]:
        mixed, state = self.temporal_block.sequence(self.temporal_pre_norm(x), lengths, places)
        return self._add_mlp(x + mixed), state

    def step(
        self, x: Float[Array, "B W"], state: Any, position: Int[Array, " B"]
    ) -> tuple[Float[Array, "B W"], RecurrentState | AttentionState]:
        mixed, state = self.temporal_block.step(self.temporal_pre_norm(x), state, position)
        return self._add_mlp(x + mixed), state

    def _add_mlp(self, x: Float[Array, "*B W"]) -> Float[Array, "*B W"]:
        return x + self.mlp_block(self.channel_pre_norm(x))


class RecurrentBlock(nn.Module):
    """A causal convolution of four taps and the RG-LRU, gated by a parallel branch."""

    config: RecurrentGemmaConfig
    dtype: DTypeLike

    def setup(self) -> None:
        c = self.config
        self.linear_y = dense(c.lru_width, self.dtype)
        self.linear_x = dense(c.lru_width, self.dtype)
        self.linear_out = dense(c.width, self.dtype)
        self.conv_1d = CausalConv(c.conv_width, c.lru_width, self.dtype)
        self.rg_lru = RGLRU(c.heads, c.lru_width, self.dtype)

    def sequence(
        self, x: Float[Array, "B T W"], lengths: Int[Array, " B"], places: int
    ) -> tuple[Float[Array, "B T W"], RecurrentState]:
        del places  # the recurrence forgets by itself: its state never grows
        convolved, conv = self.conv_1d.sequence(self.linear_x(x), lengths)
        h, hidden = self.rg_lru.sequence(convolved, lengths)
        return self._out(x, h), RecurrentState(hidden, conv)

    def step(
        self, x: Float[Array, "B W"], state: RecurrentState, position: Int[Array, " B"]
    ) -> tuple[Float[Array, "B W"], RecurrentState]:
        convolved, conv = self.conv_1d.step(self.linear_x(x), state.conv)
        hidden = self.rg_lru.step(convolved, state.hidden, position)
        return self._out(x, hidden), RecurrentState(hidden, conv)

    def _out(self, x: Float[Array, "*B W"], h: Float[Array, "*B R"]) -> Float[Array, "*B W"]:
        return self.linear_out(h.astype(self.dtype) * nn.gelu(self.linear_y(x), approximate=True))


class AttentionBlock(nn.Module):
    """Attention over the window, with rotary positions on part of each head."""

    config: RecurrentGemmaConfig
    dtype: DTypeLike

    def setup(self) -> None:
        c = self.config
        self.q_proj = dense(c.heads * c.head_dim, self.dtype, bias=False)
        self.k_proj = dense(c.kv_heads * c.head_dim, self.dtype, bias=False)
        self.v_proj = dense(c.kv_heads * c.head_dim, self.dtype, bias=False)
        self.o_proj = dense(c.width, self.dtype)

    def sequence(
        self, x: Float[Array, "B T W"], lengths: Int[Array, " B"], places: int
    ) -> tuple[Float[Array, "B T W"], AttentionState]:
        q, k, v = self._project(x, jnp.arange(x.shape[1])[None])
        mixed = attention.attend_within_window(q, k, v, self.config.window)
        rings = (attention.last_into_ring(part, lengths, places) for part in (k, v))
        return self.o_proj(mixed.reshape(*x.shape[:2], -1)), AttentionState(*rings)

    def step(
        self, x: Float[Array, "B W"], state: AttentionState, position: Int[Array, " B"]
    ) -> tuple[Float[Array, "B W"], AttentionState]:
        q, k, v = self._project(x[:, None], position[:, None])
        keys = attention.put_in_ring(state.keys, k[:, 0], position)
        values = attention.put_in_ring(state.values, v[:, 0], position)
        visible = attention.visible_in_ring(position, keys.shape[1])
        mixed = attention.attend(q, keys, values, visible[:, None])
        return self.o_proj(mixed.reshape(x.shape[0], -1)), AttentionState(keys, values)

    def _project(
        self, x: Float[Array, "B T W"], positions: Int[Array, "#B T"]
    ) -> tuple[Float[Array, "B T H D"], Float[Array, "B T K D"], Float[Array, "B T K D"]]:
        c = self.config
        q, k, v = (project(x) for project in (self.q_proj, self.k_proj, self.v_proj))
        q, k, v = (part.reshape(*x.shape[:2], -1, c.head_dim) for part in (q, k, v))
        q, k = (attention.rotate(part, positions, c.rope_base, c.rotated) for part in (q, k))
        return q, k, v
