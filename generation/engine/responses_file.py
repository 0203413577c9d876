"""The file of responses: its rows in the form `response/1`, and what of an interrupted one still stands."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.engine.checkpoints.loading import Checkpoint
from generation.engine.conversations import ConversationReplies


class ResponsesFileError(ValueError):
    """A file that cannot be gone on with: says which line and field, and what would be right."""


@dataclass(frozen=True)
class Standing:
    """What an interrupted run left: ids of its whole rows, and how many bytes these take."""

    ids: frozenset[str] = frozenset()
    size: int = 0


def response_row(
    replies: ConversationReplies, checkpoint: Checkpoint, decoding: dict[str, Any]
) -> dict[str, Any]:
    """A row, with the token ids of each turn beside it; counts are sums over turns."""
    cut = any(reply.finish_reason == "length" for reply in replies.replies)
    blank = (
        any(not (reply.text or "").strip() for reply in replies.replies) and checkpoint.tokenizer is not None
    )
    return {
        "schema": "response/1",
        "id": replies.id,
        "prompt_id": replies.id,
        "checkpoint": {"name": checkpoint.path.name, "digest": checkpoint.digest},
        "sample": 0,
        "turns": [reply.text for reply in replies.replies],
        "token_ids": [list(reply.token_ids) for reply in replies.replies],
        "status": "empty" if blank else "truncated" if cut else "ok",
        "finish_reason": "length" if cut else "stop",
        "n_prompt_tokens": sum(reply.prompt_tokens for reply in replies.replies),
        "n_output_tokens": sum(len(reply.token_ids) for reply in replies.replies),
        "decoding": {**decoding, "seed": replies.seed},
    }


def standing(out: Path, digest: str, decoding: dict[str, dict[str, Any]]) -> Standing:
    """What stands in `out`, if it is this run's own; a last line without its end is not counted in.

    decoding: how each prompt that is asked is to be drawn, by its id.
    Raises: ResponsesFileError if a line is no response, answers what is not asked, or was drawn otherwise.
    """
    size, ids = 0, set[str]()
    for number, line in enumerate(out.read_bytes().split(b"\n")[:-1], start=1):
        ids.add(_id_of(line, digest, decoding, ids, f"{out}, line {number}"))
        size += len(line) + 1
    return Standing(frozenset(ids), size)


def _id_of(
    line: bytes, digest: str, decoding: dict[str, dict[str, Any]], before: Collection[str], where: str
) -> str:
    row = _object(line, where)
    name = row.get("prompt_id")
    if not isinstance(name, str) or name not in decoding:
        raise _cannot(where, "prompt_id", name, "the id of a prompt that is asked")
    if name in before:
        raise _cannot(where, "prompt_id", name, "each prompt once")
    stated = {"checkpoint": row.get("checkpoint"), "decoding": row.get("decoding")}
    told = {kind: value if isinstance(value, dict) else {} for kind, value in stated.items()}
    if told["checkpoint"].get("digest") != digest:
        raise _cannot(where, "checkpoint.digest", told["checkpoint"].get("digest"), f"this one's, {digest}")
    for field, right in decoding[name].items():
        if told["decoding"].get(field) != right:
            raise _cannot(where, f"decoding.{field}", told["decoding"].get(field), f"{right!r}, as asked now")
    return name


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ResponsesFileError(
            f"{where}: not JSON: {error}; --resume goes on with files of generate"
        ) from error
    if not isinstance(value, dict) or value.get("schema") != "response/1":
        raise ResponsesFileError(f"{where}: no response/1; --resume goes on with files of generate")
    return value


def _cannot(where: str, field: str, found: Any, expected: str) -> ResponsesFileError:
    return ResponsesFileError(
        f"{where}: field {field} is {found!r:.100}; to resume, expected {expected}; name another --out otherwise"
    )
