"""Joins rows of responses to prompts: by id, else by the verbatim text's digest. What joins neither way is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from generation.formats import FileRow, ResponseFile, ResponseFileError
from promptsets.formats.problems import Problem
from promptsets.models import Prompt, PromptSetVersion

Key = tuple[str, int]  # a prompt's text digest and a sample: with the run's own key, a response's


@dataclass(frozen=True)
class NotJoined:
    """A row that answers no prompt of the version, and the reason."""

    line: int
    shown_as: str
    reason: str


@dataclass
class Joined:
    """Which row answers which text, and which prompts it fills."""

    prompts: Sequence[Prompt]
    rows: dict[Key, FileRow] = field(default_factory=dict)
    filled: set[tuple[int, int]] = field(default_factory=set)  # a prompt's primary key and a sample
    by_id: int = 0
    by_text: int = 0
    not_joined: list[NotJoined] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def samples(self) -> int:
        return 1 + max((sample for _, sample in self.filled), default=0)


def join(file: ResponseFile, version: PromptSetVersion) -> Joined:
    """Raises: ResponseFileError for rows that answer one text differently, or have too few or too many turns."""
    joined = Joined(list(version.prompts.order_by("position")))
    by_key = {prompt.key: prompt for prompt in joined.prompts}
    by_text: dict[str, list[Prompt]] = {}
    for prompt in joined.prompts:
        by_text.setdefault(prompt.text_sha256, []).append(prompt)
    for row in file.rows:
        _join_row(row, by_key, by_text, joined)
    if joined.problems:
        raise ResponseFileError(file.source.name, joined.problems)
    return joined


def _join_row(
    row: FileRow, by_key: dict[str, Prompt], by_text: dict[str, list[Prompt]], joined: Joined
) -> None:
    response = row.response
    named = next((by_key[key] for key in response.keys if key in by_key), None)
    if named and response.text_sha256 in (None, named.text_sha256):
        joined.by_id += 1
        prompts = [named]
    elif response.text_sha256 in by_text:
        joined.by_text += 1
        prompts = by_text[response.text_sha256]
    else:
        reason = f"the prompt {named} has another text" if named else "no prompt has this id or text"
        joined.not_joined.append(NotJoined(row.line, response.shown_as, reason))
        return
    joined.problems += _problems(row, prompts[0], joined)
    joined.rows.setdefault((prompts[0].text_sha256, response.sample), row)
    joined.filled |= {(prompt.pk, response.sample) for prompt in prompts}


def _problems(row: FileRow, prompt: Prompt, joined: Joined) -> Iterator[Problem]:
    turns, wanted = len(row.response.turns), len(prompt.turns)
    if turns != wanted and row.response.status != "error":
        yield Problem(row.line, "turns", f"has {turns} texts where the prompt {prompt} has {wanted} turns")
    earlier = joined.rows.get((prompt.text_sha256, row.response.sample))
    if earlier and earlier.response.turns != row.response.turns:
        message = (
            f"answers the text of prompt {prompt} otherwise than line {earlier.line} does: only one can hold"
        )
        yield Problem(row.line, "", message)
