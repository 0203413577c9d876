"""Lessons as token ids in a family's chat format, and in batches of like length.

Letters: B conversations, T tokens.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from generation.engine import chat
from generation.engine.tokenizer import Tokenizer
from generation.training.lessons import Lesson

LENGTHS = 32  # rows are padded to one more than a multiple of this: fewer lengths, fewer programs
Example = tuple[list[int], list[bool]]  # ids, and which of them are the model's own: what is to be learnt


@dataclass(frozen=True)
class Batch:
    """Conversations padded on the right; `learnt` is 1 where the model is to say the token, else 0."""

    tokens: Int32[np.ndarray, "B T"]
    learnt: Float32[np.ndarray, "B T"]


def gemma_example(tokenizer: Tokenizer, lesson: Lesson) -> Example:
    assert tokenizer.end_of_turn_id is not None, "the tokenizer was made with the turn tokens"
    parts, end = list[tuple[list[int], bool]](), tokenizer.end_of_turn_id
    for number, (turn, reply) in enumerate(zip(lesson.turns, lesson.replies, strict=True)):
        # a later turn begins with the token that ends the reply, which is learnt with the reply
        asked = chat.next_turn(tokenizer, turn)[1:] if number else chat.first_turn(tokenizer, turn)
        parts += [(asked, False), ([*tokenizer.encode_untrusted(reply), end], True)]
    return _joined(parts)


def mistral_example(tokenizer: Tokenizer, lesson: Lesson) -> Example:
    """<s>[INST] turn [/INST] reply</s>[INST] turn …, each part encoded by itself."""
    parts: list[tuple[list[int], bool]] = [([tokenizer.bos_id], False)]
    for turn, reply in zip(lesson.turns, lesson.replies, strict=True):
        asked = tokenizer.encode_untrusted(f"[INST] {turn} [/INST]")
        parts += [(asked, False), ([*tokenizer.encode_untrusted(reply), tokenizer.eos_id], True)]
    return _joined(parts)


EXAMPLES: dict[str, Callable[[Tokenizer, Lesson], Example]] = {
    "gemma": gemma_example,
    "mistral": mistral_example,
}


def batches(examples: Sequence[Example], size: int) -> list[Batch]:
    """The same batches each time, each of conversations of like length."""
    by_length = sorted(examples, key=lambda example: len(example[0]))
    return [_padded(group) for group in _groups(by_length, size)]


def _groups(examples: Sequence[Example], size: int) -> Iterator[Sequence[Example]]:
    return (examples[i : i + size] for i in range(0, len(examples), size))


def _padded(examples: Sequence[Example]) -> Batch:
    length = -(-max(len(ids) for ids, _ in examples) // LENGTHS) * LENGTHS + 1
    tokens = np.zeros((len(examples), length), np.int32)
    learnt = np.zeros((len(examples), length), np.float32)
    for row, (ids, own) in enumerate(examples):
        tokens[row, : len(ids)], learnt[row, : len(ids)] = ids, own
    return Batch(tokens, learnt)


def _joined(parts: Sequence[tuple[list[int], bool]]) -> Example:
    ids = [token for part, _ in parts for token in part]
    return ids, [own for part, own in parts for _ in part]
