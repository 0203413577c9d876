"""Networks: one Flax module per architecture, its state of fixed size per sequence handed in and out.

A scheduler knows a network only by the two functions of `generation.engine.programs`, `prefill` and `step`;
a new architecture joins them by offering the four methods of `Network`.
"""

from typing import Any, Protocol

from jaxtyping import Array, Float, Int

State = Any  # a network's own pytree; every array in it has the slots as its first axis


class Network(Protocol):
    """The methods of a network's Flax module, called through `module.apply(params, ..., method=...)`.

    Attributes: vocab_size: ids run from 0 to vocab_size - 1.
    """

    @property
    def vocab_size(self) -> int: ...

    def apply(self, variables: Any, *args: Any, **kwargs: Any) -> Any: ...

    def places(self, capacity: int) -> int:
        """Tokens that the state keeps when up to `capacity` are to come: a window needs fewer."""
        ...

    def empty_state(self, slots: int, capacity: int) -> State:
        """State of `slots` sequences that have seen nothing, with room for `capacity` tokens each."""
        ...

    def logits(self, tokens: Int[Array, "B T"]) -> Float[Array, "B T V"]:
        """Logits at every position; sequences of one length, no padding."""
        ...

    def prefill(
        self, tokens: Int[Array, "B T"], lengths: Int[Array, " B"], capacity: int
    ) -> tuple[Float[Array, "B V"], State]:
        """Logits after the last token of each right-padded prompt, and the state to go on from."""
        ...

    def step(self, tokens: Int[Array, " B"], state: State) -> tuple[Float[Array, "B V"], State]:
        """Logits after one more token per row, and the state that has seen it."""
        ...
