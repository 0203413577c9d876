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
from generation.engine.responses_file import Standing, response_row, standing
from generation.engine.sampling import SamplingParams, derived_seed
from generation.engine.sharding import mesh_told
from generation.engine.slots import Counts


@dataclass(frozen=True)
class GenerateOptions:
    """What the command line asks for.

    mesh: in the form of `mesh_told`; None for one device.  resume: go on with the file of responses, if it is there.
    """

    checkpoint: Path
    prompts: Path
    out: Path
    max_new_tokens: int
    sampling: SamplingParams
    slots: int
    dtype: str
    mesh: str | None = None
    resume: bool = False

    @property
    def decoding(self) -> dict[str, Any]:
        """All that decides a text beside prompt and checkpoint; a prompt's own seed takes the place of `seed`."""
        asked = {"max_new_tokens": self.max_new_tokens, "dtype": self.dtype, "slots": self.slots}
        return {**asdict(self.sampling), **asked, "mesh": self.mesh}

    def decoding_of(self, row: PromptRow) -> dict[str, Any]:
        return {**self.decoding, "seed": derived_seed(self.sampling.seed, row.id)}


def generate_file(options: GenerateOptions) -> Counts:
    """Generates a response to every prompt that has none yet; what the engine did for that.

    Raises: ValueError (PromptsFileError, ResponsesFileError, CheckpointError), with nothing written, if the prompts,
        the checkpoint or the options are not right, or the file of responses exists and is not to be, or cannot be,
        gone on with; FloatingPointError as `Engine.generate` does, with what was done before it written.
    """
    if options.out.exists() and not options.resume:
        raise ValueError(
            f"{options.out}: exists; remove it or name another file, or go on with it by --resume"
        )
    if not options.out.parent.is_dir():
        raise ValueError(f"{options.out.parent}: there is no such folder to write into")
    rows = read_prompts(options.prompts)
    checkpoint = _load(options)
    check_against(rows, checkpoint.network.vocab_size, checkpoint.can_chat)
    done = _done_before(rows, checkpoint, options)
    engine = Engine(checkpoint, slots=options.slots)
    replies = _generate(engine, [row for row in rows if row.id not in done.ids], options)
    responses = (response_row(one, checkpoint, options.decoding) for one in replies)
    _write(options, done, len(rows), responses)
    return engine.counts


def _done_before(rows: Sequence[PromptRow], checkpoint: Checkpoint, options: GenerateOptions) -> Standing:
    if not options.out.exists():
        return Standing()
    return standing(options.out, checkpoint.digest, {row.id: options.decoding_of(row) for row in rows})


def _load(options: GenerateOptions) -> Checkpoint:
    mesh = mesh_told(options.mesh) if options.mesh else None
    columns = (TextColumn("loading"), BarColumn(), MofNCompleteColumn(), TextColumn("tensors"))
    with Progress(*columns, TimeElapsedColumn(), console=_stderr()) as progress:
        task = progress.add_task("")
        return load_checkpoint(
            options.checkpoint,
            options.dtype,
            lambda done, of: progress.update(task, completed=done, total=of),
            mesh,
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


def _write(options: GenerateOptions, done: Standing, total: int, responses: Iterator[dict[str, Any]]) -> None:
    columns = (TextColumn("generating"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tokens = TextColumn("{task.fields[tokens]} tokens")
    mode = "ab" if options.resume else "xb"
    with options.out.open(mode) as stream, Progress(*columns, tokens, console=_stderr()) as progress:
        stream.truncate(done.size)  # a last line that was cut is made again
        task = progress.add_task("", total=total, completed=len(done.ids), tokens=0)
        written = 0
        try:
            for response in responses:
                stream.write((json.dumps(response, ensure_ascii=False) + "\n").encode())
                stream.flush()  # what is done stays done if the next one fails
                written += response["n_output_tokens"]
                progress.update(task, advance=1, tokens=written)
        finally:
            if options.out.stat().st_size == 0:
                options.out.unlink()  # nothing was done, so the same command may be given again


def _stderr() -> Console:
    return Console(stderr=True)
