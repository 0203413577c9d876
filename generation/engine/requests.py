"""What the engine is asked for and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from generation.engine.sampling import SamplingParams

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True)
class GenerationRequest:
    """One sequence to go on with.

    id: names the result; unique among the requests of a call.  token_ids: the prompt, at least one id.
    stop_ids: tokens that end the text, None for the checkpoint's own.  ignore_eos: let no token end it.
    """

    id: str
    token_ids: Sequence[int]
    max_new_tokens: int
    sampling: SamplingParams = field(default_factory=SamplingParams)
    ignore_eos: bool = False
    stop_ids: Sequence[int] | None = None


@dataclass(frozen=True)
class GeneratedText:
    """What was generated for one request.

    token_ids: the new tokens, without the one that stopped them.  text: their text, None if the checkpoint
    has no tokenizer.  finish_reason: `stop` at a stop id, `length` at max_new_tokens.  prompt_tokens: how many
    were given.
    """

    id: str
    token_ids: tuple[int, ...]
    text: str | None
    finish_reason: FinishReason
    prompt_tokens: int


def check_requests(requests: Sequence[GenerationRequest], vocab_size: int) -> None:
    """Raises ValueError, naming the request and the field, if any cannot be generated."""
    seen: set[str] = set()
    for request in requests:
        if request.id in seen:
            raise ValueError(f"request {request.id!r}: the id stands twice; ids name the results")
        seen.add(request.id)
        _check_ids(request, vocab_size)
        if not _is_whole(request.max_new_tokens) or request.max_new_tokens < 1:
            raise ValueError(
                f"request {request.id!r}: max_new_tokens is {request.max_new_tokens!r}; "
                "expected a whole number, 1 or more"
            )


def _check_ids(request: GenerationRequest, vocab_size: int) -> None:
    if len(request.token_ids) == 0:
        raise ValueError(f"request {request.id!r}: token_ids is empty; a prompt has at least one token")
    for place, token in enumerate(request.token_ids):
        if not _is_whole(token) or not 0 <= token < vocab_size:
            raise ValueError(
                f"request {request.id!r}: token_ids[{place}] is {token!r}; ids are whole numbers from 0 to "
                f"{vocab_size - 1}"
            )


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
