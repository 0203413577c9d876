"""A backend in whose texts each checkpoint differs from the others on so many of the prompts, as a test says."""

import hashlib
from collections.abc import Iterator, Sequence

from generation.backends import Reply


class WritingBackend:
    """Writes `shared` words on all prompts but those for which `own` is true of (checkpoint, prompt)."""

    def __init__(self, own=lambda checkpoint, number: True) -> None:
        self.own = own
        self.asked: list[tuple[str, str]] = []
        self.broken: set[str] = set()

    def of(self, checkpoint):
        return _Of(self, checkpoint.name)


class _Of:
    def __init__(self, backend: WritingBackend, name: str) -> None:
        self.backend, self.name = backend, name

    def check(self, sampling) -> None:
        """It writes the same, however it is told to draw."""

    def replies(self, asked: Sequence, sampling, seed: int, more=tuple) -> Iterator[Reply]:
        if self.name in self.backend.broken:
            raise ValueError("its weights are poison")
        for sample in asked:
            self.backend.asked.append((self.name, sample.id))
            number = int(sample.turns[0].rpartition(" ")[2])
            author = self.name if self.backend.own(self.name, number) else "everyone"
            text = f"{author} says {hashlib.sha256(sample.id.encode()).hexdigest()[:6]}"
            yield Reply(sample.id, (text,), ((1, 2, 3),), "stop", 5, 3, seed)
