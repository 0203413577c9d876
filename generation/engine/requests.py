"""What the engine is asked for and what it gives back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from generation.engine.sampling import SamplingParams

FinishReason = Literal["stop", "length"]
MOST_STOPS = 8


@dataclass(frozen=True)
class GenerationRequest:
    """One sequence to go on with.

    id: names the result; unique among the requests of a call.  token_ids: the prompt, at least one id.
    ignore_eos: let no token end the text.  stop_ids: tokens that end it, None for the checkpoint's own, at most 8.
    stop: texts that end it and are cut off; they need a tokenizer.  logprobs: give the tokens' log-probabilities.

    Requests with equal token_ids share the reading of them: ask for several samples by several seeds.
    """

    id: str
    token_ids: Sequence[int]
    max_new_tokens: int
    sampling: SamplingParams = field(default_factory=SamplingParams)
    ignore_eos: bool = False
    stop_ids: Sequence[int] | None = None
    stop: Sequence[str] = ()
    logprobs: bool = False


@dataclass(frozen=True)
class GeneratedText:
    """What was generated for one request.

    token_ids: the new tokens, without the one that stopped them.  text: their text, None if the checkpoint
    has no tokenizer, cut before a stop text.  finish_reason: `stop` at a stop id or text, `length` at max_new_tokens.
    prompt_tokens: how many were given.  logprobs: of each token under the network's own distribution, if asked for.
    close_calls: tokens that scores moved by less than 1e-3 might change; another number of slots chooses otherwise only
        there.
    """

    id: str
    token_ids: tuple[int, ...]
    text: str | None
    finish_reason: FinishReason
    prompt_tokens: int
    logprobs: tuple[float, ...] | None = None
    close_calls: int = 0


def check_requests(
    requests: Sequence[GenerationRequest], vocab_size: int, can_decode: bool, known: Collection[str] = ()
) -> None:
    """Raises ValueError, naming the request and the field, if any cannot be generated; `known`: ids that are taken."""
    seen = set(known)
    for request in requests:
        if request.id in seen:
            raise ValueError(f"request {request.id!r}: the id stands twice; ids name the results")
        seen.add(request.id)
        _check_prompt(request, vocab_size)
        if not _is_whole(request.max_new_tokens) or request.max_new_tokens < 1:
            raise ValueError(
                f"request {request.id!r}: max_new_tokens is {request.max_new_tokens!r}; "
                "expected a whole number, 1 or more"
            )
        _check_stops(request, vocab_size, can_decode)


def _check_stops(request: GenerationRequest, vocab_size: int, can_decode: bool) -> None:
    if request.stop_ids is not None:
        _check_stop_ids(request, request.stop_ids, vocab_size)
    if isinstance(request.stop, str) or not all(isinstance(text, str) and text for text in request.stop):
        raise ValueError(
            f"request {request.id!r}: stop is {request.stop!r}; expected a list of texts, none empty"
        )
    if request.stop and not can_decode:
        raise ValueError(f"request {request.id!r}: stop texts need a tokenizer, which the checkpoint has not")


def _check_stop_ids(request: GenerationRequest, stop_ids: Sequence[int], vocab_size: int) -> None:
    if not isinstance(stop_ids, Collection):
        raise ValueError(f"request {request.id!r}: stop_ids is {stop_ids!r:.100}; expected a list of ids")
    _check_ids(request, "stop_ids", stop_ids, vocab_size)
    if len(set(stop_ids)) > MOST_STOPS:
        raise ValueError(f"request {request.id!r}: {len(stop_ids)} stop_ids; expected at most {MOST_STOPS}")


def _check_prompt(request: GenerationRequest, vocab_size: int) -> None:
    if len(request.token_ids) == 0:
        raise ValueError(f"request {request.id!r}: token_ids is empty; a prompt has at least one token")
    _check_ids(request, "token_ids", request.token_ids, vocab_size)


def _check_ids(request: GenerationRequest, field: str, ids: Collection[int], vocab_size: int) -> None:
    for place, token in enumerate(ids):
        if not _is_whole(token) or not 0 <= token < vocab_size:
            raise ValueError(
                f"request {request.id!r}: {field}[{place}] is {token!r:.100}; ids are whole numbers from 0 to "
                f"{vocab_size - 1}"
            )


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
