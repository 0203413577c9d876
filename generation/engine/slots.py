"""The slots of an engine: requests go in, tokens come out, and the device is never kept waiting for the host.

Each turn gives the device its next work before it reads what the last one wrote, so reading, decoding and storing texts
happens while the device computes.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import jax
import numpy as np
from jaxtyping import Array

from generation.engine import programs
from generation.engine.checkpoints.loading import Checkpoint
from generation.engine.occupants import Occupant, occupant_of
from generation.engine.requests import MOST_STOPS, GeneratedText, GenerationRequest
from generation.engine.sampling import NOT_FINITE, RowSampling, Sampled
from generation.engine.sharding import readable
from generation.engine.waiting import Waiting, pieces


@dataclass
class Counts:
    """What an engine has done since it was made. Slot-steps: slots times steps of decoding, useful or not."""

    texts: int = 0
    tokens: int = 0
    slot_steps: int = 0
    useful_slot_steps: int = 0
    prompt_tokens: int = 0
    prompt_places: int = 0
    close_calls: int = 0


@dataclass
class _Unread:
    """Work that the device was given: who stood in which slot then, and what it will have written."""

    occupants: dict[int, Occupant]
    written: Sampled
    steps: Array | None = None


@dataclass
class SlotTable:
    """Requests waiting and requests in slots, with the device state that all programs work on."""

    checkpoint: Checkpoint
    slots: int
    capacity: int
    steps: int
    counts: Counts
    waiting: Waiting = field(default_factory=Waiting)
    _occupants: dict[int, Occupant] = field(default_factory=dict)
    _unread: deque[_Unread] = field(default_factory=deque)
    _prompt: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        network = self.checkpoint.network
        mesh = self.checkpoint.mesh
        self._device = programs.empty_slots(network, self.slots, self.capacity, MOST_STOPS, mesh)
        self._row = programs.empty_row(network, self.capacity, mesh)
        self._logits: Array | None = None
        self._free = list(reversed(range(self.slots)))

    @property
    def busy(self) -> bool:
        return bool(self.waiting or self._occupants or self._unread)

    def add(self, requests: Iterable[GenerationRequest]) -> None:
        for request in requests:
            self.waiting.add(request)

    def turn(self) -> Iterator[GeneratedText]:
        """Fills free slots, sets the device off, and reads what it wrote before; yields texts that have ended."""
        while self.waiting and self._free:
            self._admit(self.waiting.take())
        if self._occupants:
            self._decode()
        while len(self._unread) > (1 if self._occupants else 0):
            yield from self._read(self._unread.popleft())

    def _admit(self, request: GenerationRequest) -> None:
        self._read_prompt(tuple(request.token_ids))
        occupant = occupant_of(request, self.checkpoint.stop_ids, self.checkpoint.tokenizer)
        slot = self._free.pop()
        self._occupants[slot] = occupant
        stops = [*occupant.stop_ids, *[-1] * (MOST_STOPS - len(occupant.stop_ids))]
        newcomer = programs.Newcomer(
            jax.device_put(np.array([request.max_new_tokens], np.int32)),
            jax.device_put(np.array([stops], np.int32)),
            RowSampling.of(request.sampling),
        )
        assert self._logits is not None
        self._device, drawn = programs.admit(self._device, self._row, self._logits, np.int32(slot), newcomer)
        self._unread.append(_Unread({slot: occupant}, readable(drawn, self.checkpoint.mesh)))

    def _read_prompt(self, prompt: tuple[int, ...]) -> None:
        """Into the row, unless it has just read the same."""
        if prompt == self._prompt:
            return
        place = 0
        for length, filled in pieces(len(prompt)):
            tokens = np.zeros((1, length), np.int32)
            tokens[0, :filled] = prompt[place : place + filled]
            self._logits, self._row = programs.extend(
                self.checkpoint.network,
                self.checkpoint.params,
                self._row,
                tokens,
                np.array([filled], np.int32),
                np.bool_(place == 0),
            )
            place += filled
            self.counts.prompt_places += length
        self.counts.prompt_tokens += len(prompt)
        self._prompt = prompt

    def _decode(self) -> None:
        self._device, written, steps = programs.decode(
            self.checkpoint.network,
            self.checkpoint.params,
            self._device,
            self.steps,
            np.bool_(bool(self.waiting)),
        )
        read = readable((written, steps), self.checkpoint.mesh)
        self._unread.append(_Unread(dict(self._occupants), *read))

    def _read(self, unread: _Unread) -> Iterator[GeneratedText]:
        written, steps = jax.device_get((unread.written, unread.steps))
        rows = len(written.tokens) if steps is None else int(steps)
        if steps is not None:
            self.counts.slot_steps += rows * self.slots
        for slot, occupant in unread.occupants.items():
            column = slot if steps is not None else 0
            for row in range(rows):
                if occupant.reason is None:
                    self._take(occupant, written, row, column)
                    self.counts.useful_slot_steps += steps is not None
            if occupant.reason and self._occupants.get(slot) is occupant:
                yield self._leave(slot, occupant)

    def _take(self, occupant: Occupant, written: Sampled, row: int, column: int) -> None:
        token = int(written.tokens[row, column])
        if token == NOT_FINITE:
            raise FloatingPointError(
                f"request {occupant.request.id!r}: logits are not finite after {len(occupant.written)} new "
                f"tokens; the weights in {self.checkpoint.path} may be damaged"
            )
        occupant.take(token, float(written.logprobs[row, column]), bool(written.close[row, column]))

    def _leave(self, slot: int, occupant: Occupant) -> GeneratedText:
        if occupant.ended_unseen:
            self._device = programs.release(self._device, np.int32(slot))
        del self._occupants[slot]
        self._free.append(slot)
        result = occupant.result()
        self.counts.texts += 1
        self.counts.tokens += len(result.token_ids)
        self.counts.close_calls += result.close_calls
        return result
