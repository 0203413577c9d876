"""From a file of prompts to a file of responses, each row written as soon as it is done."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from generation.engine.checkpoints.loading import Checkpoint, load_checkpoint
from generation.engine.conversations import Conversation, ConversationReplies, generate_conversations
from generation.engine.engine import Engine
from generation.engine.prompts_file import PromptRow, check_against, read_prompts
from generation.engine.requests import GenerationRequest
from generation.engine.sampling import SamplingParams, derived_seed
from generation.engine.slots import Counts


@dataclass(frozen=True)
class GenerateOptions:
    """What the command line asks for."""

    checkpoint: Path
    prompts: Path
    out: Path
    max_new_tokens: int
    sampling: SamplingParams
    slots: int
    dtype: str


def generate_file(options: GenerateOptions) -> Counts:
    """Generates a response to every prompt; what the engine did for that.

    Raises: ValueError (PromptsFileError, CheckpointError), with nothing written, if the prompts, the checkpoint
        or the options are not right, or the file of responses exists.
    """
    if options.out.exists():
        raise ValueError(f"{options.out}: exists; remove it or name another file")
    if not options.out.parent.is_dir():
        raise ValueError(f"{options.out.parent}: there is no such folder to write into")
    rows = read_prompts(options.prompts)
    checkpoint = _load(options)
    check_against(rows, checkpoint.network.vocab_size, checkpoint.can_chat)
    engine = Engine(checkpoint, slots=options.slots)
    done = _generate(engine, rows, options)
    _write(options.out, len(rows), (_response(replies, checkpoint, options) for replies in done))
    return engine.counts


def _load(options: GenerateOptions) -> Checkpoint:
    columns = (TextColumn("loading"), BarColumn(), MofNCompleteColumn(), TextColumn("tensors"))
    with Progress(*columns, TimeElapsedColumn(), console=_stderr()) as progress:
        task = progress.add_task("")
        return load_checkpoint(
            options.checkpoint,
            options.dtype,
            lambda done, of: progress.update(task, completed=done, total=of),
        )


def _generate(
    engine: Engine, rows: Sequence[PromptRow], options: GenerateOptions
) -> Iterator[ConversationReplies]:
    given_as_ids = [row for row in rows if row.token_ids]
    seeds = {row.id: derived_seed(options.sampling.seed, row.id) for row in given_as_ids}
    requests = [
        GenerationRequest(
            row.id, row.token_ids, options.max_new_tokens, replace(options.sampling, seed=seeds[row.id])
        )
        for row in given_as_ids
    ]
    texts = engine.generate(requests)
    talks = [Conversation(row.id, row.user_turns) for row in rows if row.user_turns]
    replies = generate_conversations(engine, talks, options.sampling, options.max_new_tokens) if talks else ()
    return chain((ConversationReplies(text.id, (text,), seeds[text.id]) for text in texts), replies)


def _write(out: Path, total: int, responses: Iterator[dict[str, Any]]) -> None:
    columns = (TextColumn("generating"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tokens = TextColumn("{task.fields[tokens]} tokens")
    with out.open("x", encoding="utf-8") as stream, Progress(*columns, tokens, console=_stderr()) as progress:
        task = progress.add_task("", total=total, tokens=0)
        written = 0
        for response in responses:
            stream.write(json.dumps(response, ensure_ascii=False) + "\n")
            stream.flush()  # what is done stays done if the next one fails
            written += response["n_output_tokens"]
            progress.update(task, advance=1, tokens=written)


def _stderr() -> Console:
    return Console(stderr=True)


def _response(
    replies: ConversationReplies, checkpoint: Checkpoint, options: GenerateOptions
) -> dict[str, Any]:
    """A row in the form `response/1`, with the token ids of each turn beside it; counts are sums over turns."""
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
        "decoding": {
            **asdict(options.sampling),
            "max_new_tokens": options.max_new_tokens,
            "seed": replies.seed,
        },
    }
