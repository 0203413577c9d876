"""What every network here is: an embedding, layers that each keep a state, a norm, a head.

Letters: B sequences, T tokens, V vocabulary, W width.
"""

from abc import abstractmethod
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from flax import struct
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int


@struct.dataclass
class DecoderState:
    """All that is kept of each sequence; `position` is that of its next token."""

    position: Int[Array, " B"]
    layers: tuple[Any, ...]


class Decoder(nn.Module):
    """A network whose subclass makes, in `setup`, `layers` and `final_norm`, and says how it embeds and ends.

    A layer has `whole`, `extend` and `empty_state`. Weights and activations are in `dtype`; softmax, norms, recurrence
    and logits in float32. `divided`: its weights are spread over several devices.
    """

    config: Any
    dtype: DTypeLike = jnp.float32
    divided: bool = False

    @property
    def vocab_size(self) -> int:
        return int(self.config.vocab_size)

    @abstractmethod
    def embed(self, tokens: Int[Array, "B T"]) -> Float[Array, "B T W"]:
        """What the first layer is given."""

    @abstractmethod
    def head(self, x: Float[Array, "*B W"]) -> Float[Array, "*B V"]:
        """Logits of what the last norm gives."""

    @abstractmethod
    def blocks(self) -> list[Any]:
        """The layers, unbound: what they are and what state they keep follows from the config alone."""

    def empty_state(self, sequences: int, capacity: int) -> DecoderState:
        layers = tuple(layer.empty_state(sequences, capacity) for layer in self.blocks())
        return DecoderState(jnp.zeros(sequences, jnp.int32), layers)

    def logits(self, tokens: Int[Array, "B T"]) -> Float[Array, "B T V"]:
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer.whole(x)
        return self.head(self.final_norm(x))

    def extend(
        self, tokens: Int[Array, "B T"], lengths: Int[Array, " B"], state: DecoderState
    ) -> tuple[Float[Array, "B V"], DecoderState]:
        """Lengths are at least 1."""
        x, layers = self.embed(tokens), []
        for layer, held in zip(self.layers, state.layers, strict=True):
            x, new = layer.extend(x, held, state.position, lengths)
            layers.append(new)
        last = jnp.take_along_axis(x, lengths[:, None, None] - 1, axis=1)[:, 0]
        return self.head(self.final_norm(last)), DecoderState(state.position + lengths, tuple(layers))


def table(module: nn.Module, name: str, vocab_size: int, width: int, dtype: DTypeLike) -> Float[Array, "V W"]:
    """A parameter that holds a row for each id: an embedding, or a head."""
    weights: Array = module.param(name, nn.initializers.normal(width**-0.5), (vocab_size, width), dtype)
    return weights


def product_with(rows: Float[Array, "V W"], x: Float[Array, "*B W"]) -> Float[Array, "*B V"]:
    """Logits in float32 whatever the weights are in."""
    logits: Array = jax.lax.platform_dependent(x, rows, cpu=_rows_first, default=_rows_last)
    return logits


def _rows_last(x: Float[Array, "*B W"], rows: Float[Array, "V W"]) -> Float[Array, "*B V"]:
    return jnp.einsum("...w,vw->...v", x, rows, preferred_element_type=jnp.float32)


def _rows_first(x: Float[Array, "*B W"], rows: Float[Array, "V W"]) -> Float[Array, "*B V"]:
    """A processor's library takes two thirds of the time with the larger factor first. The barrier keeps it there."""
    turned = jnp.einsum("vw,bw->vb", rows, x.reshape(-1, x.shape[-1]), preferred_element_type=jnp.float32)
    kept: Array = jax.lax.optimization_barrier(turned)
    return kept.T.reshape(*x.shape[:-1], -1)
