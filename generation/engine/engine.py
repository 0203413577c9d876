"""The engine: requests in, texts out, as many sequences at a time as there are slots."""

from collections.abc import Iterable, Iterator

from generation.engine.checkpoints.loading import Checkpoint
from generation.engine.requests import GeneratedText, GenerationRequest, check_requests
from generation.engine.slots import SlotTable


class Engine:
    """Generates with one checkpoint in a fixed number of slots.

    Compiled programs are shared by all engines of the process with the same network and number of slots. More
    slots give more tokens a second, but every step costs all of them: no more than there are requests.
    """

    def __init__(self, checkpoint: Checkpoint, slots: int = 64) -> None:
        if slots < 1:
            raise ValueError(f"slots is {slots}; expected 1 or more")
        self.checkpoint = checkpoint
        self.slots = slots

    def generate(self, requests: Iterable[GenerationRequest]) -> Iterator[GeneratedText]:
        """Yields each request's text as soon as it is done, so not in the requests' order.

        Raises: ValueError, before anything is generated, naming a request that cannot be; FloatingPointError if
            the network gives logits that are not finite.
        """
        batch = list(requests)
        check_requests(batch, self.checkpoint.network.vocab_size)
        return self._generate(batch)

    def _generate(self, requests: list[GenerationRequest]) -> Iterator[GeneratedText]:
        if not requests:
            return
        table = SlotTable(self.checkpoint, self.slots, requests)
        while table.busy:
            while table.can_admit:
                yield from table.admit()
            yield from table.advance()
