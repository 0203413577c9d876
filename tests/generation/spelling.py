"""A backend that spells a text out of the seed and the sample's id, as slowly as it is told; and a worker with it.

    DATABASE_URL=… python -m tests.generation.spelling OWNER SECONDS_A_REPLY

It keeps the promise of generation.backends.base.Backend, so a test can say beforehand what will be written.
"""

import hashlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

WORDS = ("heron", "plover", "curlew", "dunlin", "avocet", "godwit", "ruff", "knot")


def spelled(seed: int, sample_id: str) -> str:
    letters = hashlib.sha256(f"{seed} {sample_id}".encode()).digest()[:12]
    return " ".join(WORDS[letter % len(WORDS)] for letter in letters)


class SpellingBackend:
    def __init__(self, seconds_a_reply: float = 0.0, looks_ahead: bool = False) -> None:
        self.seconds_a_reply = seconds_a_reply
        self.looks_ahead = looks_ahead
        self.asked: list[str] = []

    def check(self, sampling) -> None:
        """It spells the same, however it is told to draw."""

    def replies(self, asked: Sequence, sampling, seed: int, more=tuple) -> Iterator:
        """Looking ahead, it asks for more before it gives its last reply."""
        from generation.backends import Reply

        waiting = list(asked)
        while waiting:
            sample = waiting.pop(0)
            if self.looks_ahead and not waiting:
                waiting += more()
            self.asked.append(sample.id)
            time.sleep(self.seconds_a_reply)
            turns = tuple(spelled(seed, f"{sample.id} {turn}") for turn in range(len(sample.turns)))
            ids = tuple((1, 2, 3) for _ in turns)
            yield Reply(sample.id, turns, ids, "stop", 5, 3 * len(turns), seed)


def main(owner: str, seconds_a_reply: str) -> None:
    sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
    import django

    django.setup()
    from generation.backends import BACKENDS
    from generation.worker import work_off

    backend = SpellingBackend(float(seconds_a_reply))
    BACKENDS["engine"] = lambda checkpoint: backend
    work_off(owner, stop=lambda: False, until_idle=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
