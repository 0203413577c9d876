"""Brings in responses that came from elsewhere: a file of them fills the places of an imported run."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from generation.formats import FileRow, ResponseFile, ResponseFileError, responses_in
from generation.joining import Joined, NotJoined, join
from generation.models import Checkpoint, GenerationRun, Response, RunResponse
from generation.registering import check_name
from generation.runs import BATCH, lay_out
from generation.sampling import sampling_digest
from generation.statuses import status_of
from promptsets.audit import audited
from promptsets.digests import text_digest
from promptsets.formats.problems import Problem
from promptsets.formats.source import Source, read_source
from promptsets.models import PromptSetVersion

NOTHING_KNOWN: dict[str, Any] = {}  # of how imported texts were sampled
# What a file may state that its texts cannot show. Where they show something else, they are believed.
STATED_ABOVE_ALL = (Response.Status.BLOCKED, Response.Status.ERROR)
STATED_WHERE_OK = (Response.Status.TRUNCATED, Response.Status.LOOPING)


@dataclass(frozen=True)
class ImportedResponses:
    """What an import did. `missing` are the keys of prompts that have no response, from this file or another."""

    run: GenerationRun
    format: str
    rows: int
    by_id: int
    by_text: int
    not_joined: list[NotJoined]
    statuses: dict[str, int]
    missing: list[str]
    filled: int
    is_new_run: bool

    @property
    def changed(self) -> bool:
        return self.is_new_run or self.filled > 0

    @property
    def told(self) -> str:
        """What came of it, as the page and the command say it."""
        if not self.changed:
            return f"{self.run} had them all already; nothing was changed."
        return f"{self.filled} places of {self.run} were filled."


def import_responses(
    path: Path,
    version: PromptSetVersion,
    checkpoint_name: str,
    *,
    format: str | None = None,  # noqa: A002  the option's name
    actor: AbstractBaseUser | None = None,
) -> ImportedResponses:
    """Imports a file's responses; see `import_source`."""
    return import_source(read_source(path), version, checkpoint_name, format=format, actor=actor)


def import_source(
    source: Source,
    version: PromptSetVersion,
    checkpoint_name: str,
    *,
    format: str | None = None,  # noqa: A002  the option's name
    actor: AbstractBaseUser | None = None,
) -> ImportedResponses:
    """Imports a source's responses as those of the checkpoint of that name, in one transaction.

    The same file again changes nothing; another one may fill what is missing, never change what is there.
    Raises: PromptFileError (ResponseFileError) or ValueError, with nothing imported, saying where and why.
    """
    check_name(checkpoint_name)
    file = responses_in(source, format)
    _check_one_writer(file)
    joined = join(file, version)
    if not joined.rows:
        told = f"none of its {len(file.rows)} responses answers a prompt of {version}: name the prompt set it is for"
        raise ResponseFileError(file.source.name, [Problem(None, "", told)])
    with transaction.atomic():
        run, is_new = _run(_checkpoint(checkpoint_name), version, joined.samples)
        filled = _fill(run, _responses(run, file, joined), joined)
        imported = _summary(run, file, joined, filled, is_new)
        if imported.changed:
            _tell(imported, file, actor)
    return imported


def _check_one_writer(file: ResponseFile) -> None:
    writers = sorted({row.response.writer for row in file.rows})
    if len(writers) > 1:
        told = (
            f"holds responses of {len(writers)} checkpoints ({', '.join(map(repr, writers[:5]))}): split it"
        )
        raise ResponseFileError(file.source.name, [Problem(None, "", told)])


def _checkpoint(name: str) -> Checkpoint:
    """The imported checkpoint of that name, locked, so that two imports for it follow one another."""
    digest = f"imported:{hashlib.sha256(name.encode()).hexdigest()}"
    Checkpoint.objects.get_or_create(name=name, defaults={"source": "imported", "digest": digest})
    checkpoint = Checkpoint.objects.select_for_update().get(name=name)
    if checkpoint.source != Checkpoint.Source.IMPORTED:
        raise ValueError(f"{name} is {checkpoint.get_source_display()}: import under another name")
    return checkpoint


def _run(checkpoint: Checkpoint, version: PromptSetVersion, samples: int) -> tuple[GenerationRun, bool]:
    """The checkpoint's run over this version with room for so many samples, and whether it is new."""
    key = {"chat_template": "", "sampling_sha256": sampling_digest(NOTHING_KNOWN), "seed": 0}
    runs = GenerationRun.objects.filter(checkpoint=checkpoint, prompt_set_version=version, **key)
    if run := runs.filter(samples__gte=samples).order_by("samples").first():
        return run, False
    run = GenerationRun.objects.create(
        checkpoint=checkpoint, prompt_set_version=version, sampling=NOTHING_KNOWN, samples=samples, **key
    )
    lay_out(run)
    return run, True


def _responses(run: GenerationRun, file: ResponseFile, joined: Joined) -> dict[tuple[str, int], Response]:
    """The stored response to each text and sample in the file. Raises: ResponseFileError where another stands."""
    known = Response.objects.filter(
        **run.response_key, prompt_sha256__in={sha256 for sha256, _ in joined.rows}
    )
    stored = {(response.prompt_sha256, response.sample): response for response in known}
    problems = [
        Problem(row.line, "", f"differs from the response stored already, {_origin(stored[key])}")
        for key, row in joined.rows.items()
        if key in stored and stored[key].turns != list(row.response.turns)
    ]
    if problems:
        raise ResponseFileError(file.source.name, problems)
    new = [_response(run, *key, row, file) for key, row in joined.rows.items() if key not in stored]
    for response in Response.objects.bulk_create(new, batch_size=BATCH):
        stored[response.prompt_sha256, response.sample] = response
    return stored


def _response(run: GenerationRun, sha256: str, sample: int, row: FileRow, file: ResponseFile) -> Response:
    given = row.response
    verdict = status_of(given.turns, given.finish_reason)
    is_stated = given.status in STATED_ABOVE_ALL or (
        given.status in STATED_WHERE_OK and verdict.status == "ok"
    )
    return Response(
        **run.response_key,
        prompt_sha256=sha256,
        sample=sample,
        turns=list(given.turns),
        token_ids=given.token_ids,
        status=given.status if is_stated else verdict.status,
        finish_reason=given.finish_reason,
        flags=verdict.flags,
        n_prompt_tokens=given.n_prompt_tokens,
        n_output_tokens=given.n_output_tokens,
        text_sha256=text_digest(given.turns),
        provenance={
            "file": file.source.name,
            "file_sha256": file.source.sha256,
            "row": row.row,
            **given.extra,
        },
    )


def _origin(response: Response) -> str:
    return f"which came from {response.provenance.get('file')}, row {response.provenance.get('row')}"


def _fill(run: GenerationRun, responses: dict[tuple[str, int], Response], joined: Joined) -> int:
    digests = {prompt.pk: prompt.text_sha256 for prompt in joined.prompts}
    empty = [place for place in run.missing if (place.prompt_id, place.sample) in joined.filled]
    for place in empty:
        place.response = responses[digests[place.prompt_id], place.sample]
    RunResponse.objects.bulk_update(empty, ["response"], batch_size=BATCH)
    return len(empty)


def _summary(
    run: GenerationRun, file: ResponseFile, joined: Joined, filled: int, is_new: bool
) -> ImportedResponses:
    statuses = run.items.exclude(response=None).values_list("response__status", flat=True)
    missing = run.missing.order_by("prompt__position", "sample").values_list("prompt__key", flat=True)
    return ImportedResponses(
        run=run,
        format=file.format,
        rows=len(file.rows),
        by_id=joined.by_id,
        by_text=joined.by_text,
        not_joined=joined.not_joined,
        statuses=dict(sorted(Counter(statuses).items())),
        missing=list(missing),
        filled=filled,
        is_new_run=is_new,
    )


def _tell(imported: ImportedResponses, file: ResponseFile, actor: AbstractBaseUser | None) -> None:
    detail = {
        "file": file.source.name,
        "file_sha256": file.source.sha256,
        "rows": imported.rows,
        "filled": imported.filled,
        "not_joined": len(imported.not_joined),
        "missing": len(imported.missing),
    }
    audited.send(GenerationRun, actor=actor, action="responses.imported", target=imported.run, detail=detail)
