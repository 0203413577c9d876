"""A reply becomes a row: the response's key, its status, its digest."""

import re
from collections.abc import Iterable
from typing import Any

from generation.backends.base import PromptSample, Reply
from generation.models import GenerationRun, Response
from generation.statuses import status_of
from promptsets.digests import text_digest

KEY = ("checkpoint_id", "chat_template", "prompt_sha256", "sampling_sha256", "seed", "sample")
# What no database holds, with the flag that tells of it: U+0000, and halves of a surrogate pair, which are no text.
NO_TEXT = {"nul_replaced": re.compile("\0"), "surrogate_replaced": re.compile("[\ud800-\udfff]")}
STANDS_FOR_IT = "\N{REPLACEMENT CHARACTER}"


def new_response(
    run: GenerationRun, sample: PromptSample, reply: Reply, provenance: dict[str, Any]
) -> Response:
    """The response, not saved yet.

    Characters that cannot be stored, though a network may write them, become U+FFFD with a flag; the token ids keep
    what was written.
    """
    turns, replaced = storable(reply.turns)
    verdict = status_of(turns, reply.finish_reason)
    return Response(
        **run.response_key,
        prompt_sha256=sample.prompt_sha256,
        sample=sample.sample,
        turns=turns,
        token_ids=None if reply.token_ids is None else [list(ids) for ids in reply.token_ids],
        status=reply.status or verdict.status,
        finish_reason=reply.finish_reason,
        flags=[*verdict.flags, *replaced],
        n_prompt_tokens=reply.n_prompt_tokens,
        n_output_tokens=reply.n_output_tokens,
        text_sha256=text_digest(turns),
        provenance={**provenance, **reply.detail},
    )


def storable(turns: Iterable[str]) -> tuple[list[str], list[str]]:
    """The turns without what no database holds, and the flags that tell of it."""
    kept, flags = list(turns), list[str]()
    for flag, pattern in NO_TEXT.items():
        if any(map(pattern.search, kept)):
            kept, flags = [pattern.sub(STANDS_FOR_IT, turn) for turn in kept], [*flags, flag]
    return kept, flags


def key_of(response: Response) -> dict[str, Any]:
    return {name: getattr(response, name) for name in KEY}
