"""The engine: requests in, texts out, as many sequences at a time as there are slots."""

from collections.abc import Iterable, Iterator

import jax

from generation.engine.checkpoints.loading import Checkpoint
from generation.engine.requests import GeneratedText, GenerationRequest, check_requests
from generation.engine.slots import Counts, SlotTable

LEAST_CAPACITY = 256  # fewer sizes, fewer programs
STEPS = 16  # of decoding in one call, where a call costs more than a step's copies


class Engine:
    """Generates with one checkpoint in a fixed number of slots.

    More slots give more tokens a second, but every step costs all of them: no more than there are requests.
    A text depends on its request and the number of slots alone: never on the other requests, their order, or
    what came before. `counts` says what was done.
    """

    def __init__(self, checkpoint: Checkpoint, slots: int = 64) -> None:
        if slots < 1:
            raise ValueError(f"slots is {slots}; expected 1 or more")
        self.checkpoint = checkpoint
        self.slots = slots
        self.counts = Counts()
        self._steps = 1 if jax.default_backend() == "cpu" else STEPS
        self._capacity = LEAST_CAPACITY

    def generate(self, requests: Iterable[GenerationRequest]) -> Iterator[GeneratedText]:
        """Yields each request's text as soon as it is done, so not in the requests' order.

        Raises: ValueError, before anything is generated, naming a request that cannot be; FloatingPointError if
            the network gives logits that are not finite.
        """
        batch = list(requests)
        return self.open(batch).texts()

    def open(self, requests: Iterable[GenerationRequest], capacity: int = 0) -> "Session":
        """A session that begins with these requests and takes more while it runs, of up to `capacity` tokens each.

        Raises: ValueError naming a request that cannot be generated.
        """
        batch = list(requests)
        longest = max([capacity, *(len(request.token_ids) + request.max_new_tokens for request in batch)])
        self._capacity = max(self._capacity, 1 << (longest - 1).bit_length() if longest else 0)
        table = SlotTable(self.checkpoint, self.slots, self._capacity, self._steps, self.counts)
        session = Session(table)
        session.add(batch)
        return session


class Session:
    """Requests under way."""

    def __init__(self, table: SlotTable) -> None:
        self._table = table
        self._known: set[str] = set()

    @property
    def capacity(self) -> int:
        """Tokens for which each slot has room, those of the prompt among them."""
        return self._table.capacity

    @property
    def has_waiting(self) -> bool:
        """Whether a request waits for a slot to fall idle."""
        return bool(self._table.waiting)

    def add(self, requests: Iterable[GenerationRequest]) -> None:
        """Raises: ValueError if one cannot be generated, or is longer than the session has room for."""
        batch, table = list(requests), self._table
        check_requests(
            batch, table.checkpoint.network.vocab_size, table.checkpoint.tokenizer is not None, self._known
        )
        for request in batch:
            if (asked := len(request.token_ids) + request.max_new_tokens) > table.capacity:
                raise ValueError(
                    f"request {request.id!r}: needs {asked} places; the session has {table.capacity}"
                )
        self._known.update(request.id for request in batch)
        table.add(batch)

    def texts(self) -> Iterator[GeneratedText]:
        """Each text as soon as it is done; requests added meanwhile are taken in. Ends when none is left."""
        while self._table.busy:
            yield from self._table.turn()
