"""The slots of one call to the engine: which request stands in which, and what each has written so far."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from generation.engine import programs
from generation.engine.checkpoints.loading import Checkpoint
from generation.engine.requests import FinishReason, GeneratedText, GenerationRequest
from generation.engine.sampling import NOT_FINITE, RowSampling, SamplingParams, SamplingTable

SHORTEST_BUCKET = 16
PREFILL_TOKENS = 1024  # places in one prefill: rows x bucket, so that its cost does not grow with the bucket
LEAST_CAPACITY = 256  # fewer sizes, fewer programs


@dataclass
class Occupant:
    """A request in its slot."""

    request: GenerationRequest
    stop_ids: frozenset[int]
    written: list[int] = field(default_factory=list)

    def take(self, token: int) -> FinishReason | None:
        """Adds the newest token; why the text ends with it, if it does."""
        if token in self.stop_ids:
            return "stop"
        self.written.append(token)
        return "length" if len(self.written) == self.request.max_new_tokens else None


class SlotTable:
    """Requests waiting and requests in slots, with the device state that both programs work on.

    The rows of a program do not look at each other; a bucket has a fixed number of rows, and a prompt's bucket
    follows from its own length alone, so that its company cannot change what it gets.
    """

    def __init__(self, checkpoint: Checkpoint, slots: int, requests: Sequence[GenerationRequest]) -> None:
        self._checkpoint = checkpoint
        self._network, self._params = checkpoint.network, checkpoint.params
        longest = max(len(request.token_ids) + request.max_new_tokens for request in requests)
        self._capacity = self._network.places(max(LEAST_CAPACITY, _power_of_two(longest)))
        self._state = self._network.empty_state(slots, self._capacity)
        self._waiting: deque[GenerationRequest] = deque(requests)
        self._occupants: dict[int, Occupant] = {}
        self._free = list(reversed(range(slots)))
        self._slots = slots
        self._newest = np.zeros(slots, np.int32)
        self._sampling = SamplingTable(slots)

    @property
    def busy(self) -> bool:
        return bool(self._waiting or self._occupants)

    @property
    def can_admit(self) -> bool:
        return bool(self._waiting and self._free)

    def admit(self) -> Iterator[GeneratedText]:
        """Prefills one bucket of waiting prompts into free slots; yields those that end with their first token."""
        bucket = _bucket(self._waiting[0])
        rows = max(1, min(self._slots, PREFILL_TOKENS // bucket))
        requests = self._take_waiting(bucket, min(rows, len(self._free)))
        slots = [self._free.pop() for _ in requests]
        tokens, lengths, row_slots, sampling = self._prefill_rows(requests, slots, rows, bucket)
        first, self._state = programs.admit(
            self._network, self._params, self._state, tokens, lengths, row_slots, sampling, self._capacity
        )
        for slot, request, token in zip(slots, requests, np.asarray(first).tolist(), strict=False):
            self._occupants[slot] = Occupant(request, self._stop_ids(request))
            self._sampling.set(slot, request.sampling)
            yield from self._take(slot, token)

    def advance(self) -> Iterator[GeneratedText]:
        """One step of every slot; yields the requests that end with it."""
        newest, self._state = programs.advance(
            self._network, self._params, self._state, jnp.array(self._newest), self._sampling.rows()
        )
        tokens = np.asarray(newest).tolist()
        for slot in list(self._occupants):
            yield from self._take(slot, tokens[slot])

    def _take_waiting(self, bucket: int, most: int) -> list[GenerationRequest]:
        """The first waiting requests of a bucket; the others keep their order."""
        taken: list[GenerationRequest] = []
        passed_over: list[GenerationRequest] = []
        while self._waiting and len(taken) < most:
            request = self._waiting.popleft()
            (taken if _bucket(request) == bucket else passed_over).append(request)
        self._waiting.extendleft(reversed(passed_over))
        return taken

    def _prefill_rows(
        self, requests: Sequence[GenerationRequest], slots: Sequence[int], rows: int, bucket: int
    ) -> tuple[Array, Array, Array, RowSampling]:
        tokens, lengths = np.zeros((rows, bucket), np.int32), np.ones(rows, np.int32)
        row_slots = np.full(rows, self._slots, np.int32)  # no such slot: the row is dropped
        sampling = SamplingTable(rows)
        for row, (request, slot) in enumerate(zip(requests, slots, strict=True)):
            tokens[row, : len(request.token_ids)] = request.token_ids
            lengths[row], row_slots[row] = len(request.token_ids), slot
            sampling.set(row, request.sampling)
        return jnp.array(tokens), jnp.array(lengths), jnp.array(row_slots), sampling.rows()

    def _stop_ids(self, request: GenerationRequest) -> frozenset[int]:
        if request.ignore_eos:
            return frozenset()
        return frozenset(self._checkpoint.stop_ids if request.stop_ids is None else request.stop_ids)

    def _take(self, slot: int, token: int) -> Iterator[GeneratedText]:
        occupant = self._occupants[slot]
        if token == NOT_FINITE:
            raise FloatingPointError(
                f"request {occupant.request.id!r}: logits are not finite after {len(occupant.written)} new "
                f"tokens; the weights in {self._checkpoint.path} may be damaged"
            )
        self._newest[slot] = token
        if reason := occupant.take(token):
            del self._occupants[slot]
            self._free.append(slot)
            self._sampling.set(slot, SamplingParams())  # an idle slot costs no draw
            yield self._finished(occupant, reason)

    def _finished(self, occupant: Occupant, reason: FinishReason) -> GeneratedText:
        tokenizer = self._checkpoint.tokenizer
        return GeneratedText(
            id=occupant.request.id,
            token_ids=tuple(occupant.written),
            text=None if tokenizer is None else tokenizer.decode(occupant.written),
            finish_reason=reason,
            prompt_tokens=len(occupant.request.token_ids),
        )


def _bucket(request: GenerationRequest) -> int:
    return max(SHORTEST_BUCKET, _power_of_two(len(request.token_ids)))


def _power_of_two(least: int) -> int:
    return 1 << (least - 1).bit_length()
