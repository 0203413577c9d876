"""Lessons as token ids in a family's chat format, and in batches of like length.

Letters: B conversations, T tokens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from generation.engine.chat import CHATS
from generation.engine.tokenizer import Tokenizer
from generation.training.lessons import Lesson

LENGTHS = 32  # rows are padded to one more than a multiple of this: fewer lengths, fewer programs
Example = tuple[list[int], list[bool]]  # ids, and which of them are the model's own: what is to be learnt


@dataclass(frozen=True)
class Batch:
    """Conversations padded on the right; `learnt` is 1 where the model is to say the token, else 0."""

    tokens: Int32[np.ndarray, "B T"]
    learnt: Float32[np.ndarray, "B T"]


def example(tokenizer: Tokenizer, chat_format: str, lesson: Lesson) -> Example:
    """The conversation as the engine lays it out; each reply is learnt with the token that ends it."""
    chat, (first, *later) = CHATS[chat_format], lesson.turns
    asked = [chat.first_turn(tokenizer, first), *(chat.next_turn(tokenizer, turn) for turn in later)]
    end = chat.next_turn(tokenizer, "")[0]
    ids, learnt = asked[0], [False] * len(asked[0])
    for reply, following in zip(lesson.replies, [*asked[1:], [end]], strict=True):
        answer = tokenizer.encode_untrusted(reply)
        ids = [*ids, *answer, *following]  # the first of what follows is the token that ends the reply
        learnt += [*[True] * (len(answer) + 1), *[False] * (len(following) - 1)]
    return ids, learnt


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
