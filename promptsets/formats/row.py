"""A prompt as a file gave it, whatever the file's format, before it becomes a row of the database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from promptsets.formats.problems import BadRow, shown
from promptsets.models import Prompt
from promptsets.storable import why_unstorable
from promptsets.taxonomy import KEY_PATTERN, KEY_RULE

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*\Z")
METADATA: tuple[str, ...] = (
    "category",
    "subcategory",
    "language",
    "difficulty",
    "hazard",
    "expected",
    "contrast",
    "safe_type",
)
METADATA += ("persona", "rater_note", "tags", "extra")
SHORT_TEXTS = ("category", "subcategory", "language", "contrast")
LONGEST: dict[str, int] = {name: Prompt._meta.get_field(name).max_length for name in SHORT_TEXTS}  # type: ignore[union-attr, misc]


@dataclass(frozen=True, slots=True)
class PromptRow:
    """The fields of `Prompt` but for those that follow from the others, and the kind of set the prompt is for.

    A safety prompt of our own schema declares its hazard and what is expected. One of another source may leave
    either open, since its authors did not say and it is not for an importer to guess.
    """

    kind: str
    key: str
    turns: tuple[str, ...]
    category: str = ""
    subcategory: str = ""
    language: str = ""
    difficulty: int | None = None
    hazard: str | None = None
    expected: str | None = None
    contrast: str | None = None
    safe_type: str = ""
    persona: str = ""
    rater_note: str = ""
    tags: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if faults := list(_faults(self)):
            raise BadRow(*faults)

    @property
    def text(self) -> str:
        return "\n\n".join(self.turns)

    @property
    def characters(self) -> int:
        return sum(map(len, self.turns))


def derived_key(source_id: str, prefix: str = "") -> str:
    """A key made of a source's own id: lower case, and a hyphen for each run of what a key may not hold.

    `prefix` says whose id it is where the id alone is a number: derived_key("81", "mt-bench") is "mt-bench-81".
    Two ids of one file that would get the same key are refused at import, so nothing is joined wrongly.
    """
    words = re.sub(r"[^a-z0-9._-]+", "-", source_id.lower()).strip("-._")
    return f"{prefix}-{words}" if prefix else words


def _faults(row: PromptRow) -> Iterator[tuple[str, str]]:
    if not re.match(KEY_PATTERN, row.key):
        yield "id", f"gives the key {shown(row.key)}: a key is {KEY_RULE}"
    if not row.turns:
        yield "turns", "is empty: a prompt has at least one user turn"
    for place, turn in enumerate(row.turns):
        if not turn.strip():
            yield f"turns[{place}]", "holds no text"
    if row.language and not LANGUAGE_TAG.match(row.language):
        yield "language", f"is {shown(row.language)}, not a BCP-47 tag such as en or pt-BR"
    for name in SHORT_TEXTS:
        longest, length = LONGEST[name], len(getattr(row, name) or "")
        if length > longest:
            yield name, f"has {length} characters: at most {longest} fit"
    yield from _unstorable(row)


def _unstorable(row: PromptRow) -> Iterator[tuple[str, str]]:
    for name in ("turns", "category", "subcategory", "rater_note", "tags", "extra"):
        if reason := why_unstorable(getattr(row, name)):
            yield name, reason
