"""A reply becomes a row: the response's key, its status, its digest."""

from typing import Any

from generation.backends.base import PromptSample, Reply
from generation.models import GenerationRun, Response
from generation.statuses import status_of
from promptsets.digests import text_digest

KEY = ("checkpoint_id", "chat_template", "prompt_sha256", "sampling_sha256", "seed", "sample")
NUL, STANDS_FOR_NUL = "\0", "\N{REPLACEMENT CHARACTER}"


def new_response(
    run: GenerationRun, sample: PromptSample, reply: Reply, provenance: dict[str, Any]
) -> Response:
    """The response, not saved yet.

    U+0000, which a network may write and PostgreSQL cannot store, becomes U+FFFD with the flag `nul_replaced`; the
    token ids keep what was written.
    """
    turns = [turn.replace(NUL, STANDS_FOR_NUL) for turn in reply.turns]
    verdict = status_of(turns, reply.finish_reason)
    had_nul = any(NUL in turn for turn in reply.turns)
    return Response(
        **run.response_key,
        prompt_sha256=sample.prompt_sha256,
        sample=sample.sample,
        turns=turns,
        token_ids=None if reply.token_ids is None else [list(ids) for ids in reply.token_ids],
        status=reply.status or verdict.status,
        finish_reason=reply.finish_reason,
        flags=[*verdict.flags, *(["nul_replaced"] if had_nul else [])],
        n_prompt_tokens=reply.n_prompt_tokens,
        n_output_tokens=reply.n_output_tokens,
        text_sha256=text_digest(turns),
        provenance={**provenance, **reply.detail},
    )


def key_of(response: Response) -> dict[str, Any]:
    return {name: getattr(response, name) for name in KEY}
