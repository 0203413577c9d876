"""Lessons as token ids in a family's chat format, and in batches of like length.

Letters: B conversations, T tokens.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from generation.engine.tokenizer import END_OF_TURN, START_OF_TURN, Tokenizer
from generation.training.lessons import Lesson

LENGTHS = 32  # rows are padded to one more than a multiple of this: fewer lengths, fewer programs
Example = tuple[list[int], list[bool]]  # ids, and which of them are the model's own: what is to be learnt


@dataclass(frozen=True)
class Batch:
    """Conversations padded on the right; `learnt` is 1 where the model is to say the token, else 0."""

    tokens: Int32[np.ndarray, "B T"]
    learnt: Float32[np.ndarray, "B T"]


def example(tokenizer: Tokenizer, chat_format: str, lesson: Lesson) -> Example:
    """The conversation as the engine will lay it out; replies are learnt with the token that ends them."""
    asked, end = TURNS[chat_format]
    ids, learnt = list[int](), list[bool]()
    for number, (turn, reply) in enumerate(zip(lesson.turns, lesson.replies, strict=True)):
        question = asked(tokenizer, turn, number == 0)
        answer = [*tokenizer.encode_untrusted(reply), end(tokenizer)]
        ids += [*question, *answer]
        learnt += [*[False] * len(question), *[True] * len(answer)]
    return ids, learnt


def _gemma_turn(tokenizer: Tokenizer, text: str, is_first: bool) -> list[int]:
    """From behind the last reply's end up to where the next reply starts."""
    before = [tokenizer.bos_id] if is_first else tokenizer.encode("\n")
    start, end = tokenizer.encode(START_OF_TURN), tokenizer.encode(END_OF_TURN)
    user = tokenizer.encode_untrusted(f"user\n{text}")
    return [*before, *start, *user, *end, *tokenizer.encode("\n"), *start, *tokenizer.encode("model\n")]


def _gemma_end(tokenizer: Tokenizer) -> int:
    return tokenizer.encode(END_OF_TURN)[0]


def _mistral_turn(tokenizer: Tokenizer, text: str, is_first: bool) -> list[int]:
    """<s>[INST] text [/INST], later turns without the <s>; each is encoded by itself."""
    before = [tokenizer.bos_id] if is_first else []
    return [*before, *tokenizer.encode_untrusted(f"[INST] {text} [/INST]")]


def _mistral_end(tokenizer: Tokenizer) -> int:
    return tokenizer.eos_id


TURNS: dict[str, tuple[Callable[[Tokenizer, str, bool], list[int]], Callable[[Tokenizer], int]]] = {
    "gemma": (_gemma_turn, _gemma_end),
    "mistral": (_mistral_turn, _mistral_end),
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
