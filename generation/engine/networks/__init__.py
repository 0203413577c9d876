"""Networks: one Flax module per architecture, its state of fixed size per sequence handed in and out.

A scheduler knows a network only through `generation.engine.programs`; a new architecture joins by offering the four
methods of `Network`.
"""

from typing import Any, Protocol, runtime_checkable

from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int

State = Any  # a network's own pytree; every array in it has the sequences as its first axis


@runtime_checkable
class Network(Protocol):
    """The methods of a network's Flax module, called through `module.apply(params, ..., method=...)`.

    Attributes: vocab_size: ids run from 0 to vocab_size - 1.  dtype: of the activations.
    """

    @property
    def vocab_size(self) -> int: ...

    @property
    def dtype(self) -> DTypeLike: ...

    def apply(self, variables: Any, *args: Any, **kwargs: Any) -> Any: ...

    def empty_state(self, sequences: int, capacity: int) -> State:
        """State of sequences that have seen nothing, with room for `capacity` tokens each (a window needs less)."""
        ...

    def logits(self, tokens: Int[Array, "B T"]) -> Float[Array, "B T V"]:
        """Logits at every position, computed in one piece; sequences of one length, no padding, no state."""
        ...

    def extend(
        self, tokens: Int[Array, "B T"], lengths: Int[Array, " B"], state: State
    ) -> tuple[Float[Array, "B V"], State]:
        """Logits after the last of up to T more tokens of each sequence, and the state that has seen them.

        Rows are padded on the right: what stands there changes nothing. With T = 1 this is a step of decoding.
        """
        ...
