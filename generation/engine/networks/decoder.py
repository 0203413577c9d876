"""What every network here is: an embedding, layers that each keep a state, a norm, a head.

Letters: B sequences, T tokens, V vocabulary, W width.
"""

from abc import abstractmethod
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from flax import struct
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int

from generation.engine.networks.int8 import Weights, of_dtype, scaled


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
            alike = layer.clone(parent=None, name=None)
            x, new = _extend_by(alike, layer.variables["params"], x, held, state.position, lengths)
            layers.append(new)
        last = jnp.take_along_axis(x, lengths[:, None, None] - 1, axis=1)[:, 0]
        return self.head(self.final_norm(last)), DecoderState(state.position + lengths, tuple(layers))


@partial(jax.jit, static_argnames=("layer",))
def _extend_by(
    layer: Any,
    params: Any,
    x: Float[Array, "B T W"],
    held: Any,
    position: Int[Array, " B"],
    lengths: Int[Array, " B"],
) -> tuple[Float[Array, "B T W"], Any]:
    """One layer, traced once for all that are alike: most of the time before XLA begins is tracing."""
    extended: tuple[Array, Any] = layer.apply({"params": params}, x, held, position, lengths, method="extend")
    return extended


def table(module: nn.Module, name: str, vocab_size: int, width: int, dtype: DTypeLike) -> Weights:
    """A parameter that holds a row for each id: an embedding, or a head."""
    weights: Weights = module.param(name, nn.initializers.normal(width**-0.5), (vocab_size, width), dtype)
    return weights


def product_with(rows: Weights, x: Float[Array, "*B W"]) -> Float[Array, "*B V"]:
    """Logits in float32 whatever the weights are in."""
    factors = x, of_dtype(rows, x.dtype)
    logits: Array = jax.lax.platform_dependent(*factors, cpu=_rows_first, default=_rows_last)
    return scaled(logits, rows)


def _rows_last(x: Float[Array, "*B W"], rows: Float[Array, "V W"]) -> Float[Array, "*B V"]:
    return jnp.einsum("...w,vw->...v", x, rows, preferred_element_type=jnp.float32)


def _rows_first(x: Float[Array, "*B W"], rows: Float[Array, "V W"]) -> Float[Array, "*B V"]:
    """A processor's library takes two thirds of the time with the larger factor first. The barrier keeps it there."""
    turned = jnp.einsum("vw,bw->vb", rows, x.reshape(-1, x.shape[-1]), preferred_element_type=jnp.float32)
    kept: Array = jax.lax.optimization_barrier(turned)
    return kept.T.reshape(*x.shape[:-1], -1)
