"""RecurrentGemma: Griffin blocks of a gated linear recurrence (RG-LRU) and of attention over a window.

After De et al. (2024), arXiv 2402.19427, and the RecurrentGemma report, arXiv 2404.07839. Where
implementations differ, this follows what the released weights were trained with: a query sees window + 1
keys, and the embedding is scaled by sqrt(width) rounded to bfloat16 even in float32.

Letters: B sequences, T tokens, V vocabulary, W width, R width of the recurrence, H heads, K key heads,
D width of a head, C places in the ring of keys.
"""

import jax.numpy as jnp
from flax import linen as nn
from flax import struct
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int

from generation.engine.networks.griffin import AttentionState, Layer, RecurrentGemmaConfig, RecurrentState
from generation.engine.networks.layers import RMSNorm


@struct.dataclass
class RecurrentGemmaState:
    """All that is kept of each sequence; `position` is that of its next token."""

    position: Int[Array, " B"]
    layers: tuple[RecurrentState | AttentionState, ...]


class RecurrentGemma(nn.Module):
    """All of it: weights and activations in `dtype`; recurrence, norms, softmax, logits in float32."""

    config: RecurrentGemmaConfig
    dtype: DTypeLike = jnp.float32

    def setup(self) -> None:
        c = self.config
        init = nn.initializers.normal(c.width**-0.5)
        self.embedding = self.param("embedding", init, (c.vocab_size, c.width), self.dtype)
        self.layers = [Layer(c, kind, self.dtype) for kind in c.layer_kinds]
        self.final_norm = RMSNorm(c.width, c.norm_eps, self.dtype)

    @property
    def vocab_size(self) -> int:
        return self.config.vocab_size

    def places(self, capacity: int) -> int:
        """Keys kept per sequence: never more than the window and the token itself."""
        return min(self.config.window + 1, capacity)

    def empty_state(self, slots: int, capacity: int) -> RecurrentGemmaState:
        c = self.config
        layers: list[RecurrentState | AttentionState] = []
        ring = (slots, self.places(capacity), c.kv_heads, c.head_dim)
        for kind in c.layer_kinds:
            if kind == "attention":
                layers.append(AttentionState(jnp.zeros(ring, self.dtype), jnp.zeros(ring, self.dtype)))
            else:
                conv = jnp.zeros((slots, c.conv_width - 1, c.lru_width), self.dtype)
                layers.append(RecurrentState(jnp.zeros((slots, c.lru_width), jnp.float32), conv))
        return RecurrentGemmaState(jnp.zeros(slots, jnp.int32), tuple(layers))

    def logits(self, tokens: Int[Array, "B T"]) -> Float[Array, "B T V"]:
        lengths = jnp.full(tokens.shape[0], tokens.shape[1], jnp.int32)
        x, _ = self._sequence(tokens, lengths, places=1)
        return self._head(x)

    def prefill(
        self, tokens: Int[Array, "B T"], lengths: Int[Array, " B"], capacity: int
    ) -> tuple[Float[Array, "B V"], RecurrentGemmaState]:
        """Lengths are at least 1; what stands right of a row's length has no effect on it."""
        x, layers = self._sequence(tokens, lengths, self.places(capacity))
        last = jnp.take_along_axis(x, lengths[:, None, None] - 1, axis=1)[:, 0]
        return self._head(last), RecurrentGemmaState(lengths, layers)

    def step(
        self, tokens: Int[Array, " B"], state: RecurrentGemmaState
    ) -> tuple[Float[Array, "B V"], RecurrentGemmaState]:
        x, layers = self._embed(tokens), []
        for layer, layer_state in zip(self.layers, state.layers, strict=True):
            x, new = layer.step(x, layer_state, state.position)
            layers.append(new)
        return self._head(x), RecurrentGemmaState(state.position + 1, tuple(layers))

    def _sequence(
        self, tokens: Int[Array, "B T"], lengths: Int[Array, " B"], places: int
    ) -> tuple[Float[Array, "B T W"], tuple[RecurrentState | AttentionState, ...]]:
        x, states = self._embed(tokens), []
        for layer in self.layers:
            x, state = layer.sequence(x, lengths, places)
            states.append(state)
        return x, tuple(states)

    def _embed(self, tokens: Int[Array, "*B"]) -> Float[Array, "*B W"]:
        scale = jnp.asarray(self.config.width**0.5, jnp.bfloat16).astype(self.dtype)
        return self.embedding[tokens] * scale

    def _head(self, x: Float[Array, "*B W"]) -> Float[Array, "*B V"]:
        cap = self.config.logits_soft_cap
        raw = jnp.einsum(
            "...w,vw->...v", self.final_norm(x), self.embedding, preferred_element_type=jnp.float32
        )
        return cap * jnp.tanh(raw / cap)
