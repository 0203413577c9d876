"""Requests that wait for a slot, and how a prompt is cut into pieces."""

import heapq
from collections.abc import Iterator
from typing import Any

from generation.engine.requests import GenerationRequest

# Lengths that `extend` is compiled for: one more would save a hundredth of the time, and compile for seconds.
PIECES = (64, 256)
LITTLE = 64  # padding that costs less than a piece of its own would


class Waiting:
    """Longest text first, so that no long one is left over when all others are done; equal prompts together."""

    def __init__(self) -> None:
        self._heap: list[tuple[Any, GenerationRequest]] = []
        self._rank_of: dict[tuple[int, ...], int] = {}
        self._added = 0

    def __bool__(self) -> bool:
        return bool(self._heap)

    def add(self, request: GenerationRequest) -> None:
        prompt = tuple(request.token_ids)
        rank = self._rank_of.setdefault(prompt, len(self._rank_of))
        self._added += 1
        heapq.heappush(self._heap, ((-request.max_new_tokens, -len(prompt), rank, self._added), request))

    def take(self) -> GenerationRequest:
        return heapq.heappop(self._heap)[1]


def pieces(length: int) -> Iterator[tuple[int, int]]:
    """Cuts a prompt: of each piece the length to compile for and the tokens in it. Its own length alone decides."""
    while length:
        whole = next((piece for piece in PIECES if piece >= length), PIECES[-1])
        if whole - length > LITTLE:
            whole = max(piece for piece in PIECES if piece <= length)
        yield whole, min(whole, length)
        length -= min(whole, length)
