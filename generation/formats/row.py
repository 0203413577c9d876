"""A row of a file of responses, whatever the file's format, before it is joined to a prompt."""

from dataclasses import dataclass, field
from typing import Any

from promptsets.formats.problems import BadRow, shown

STATED_STATUSES = ("ok", "empty", "truncated", "looping", "blocked", "error")
STATED_ENDS = ("stop", "length", "error", "imported")


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """The texts given to one prompt, and what is known of where they belong.

    keys: keys the prompt may have, the likeliest first; none where the format has no ids.  text_sha256: digest of the
    prompt's verbatim turns; None where the format does not hold them.  shown_as: how the row is named to people.
    writer: whom the file names as the author, "" where nobody.  status: "" where the file states none.
    """

    turns: tuple[str, ...]
    shown_as: str
    keys: tuple[str, ...] = ()
    text_sha256: str | None = None
    sample: int = 0
    writer: str = ""
    status: str = ""
    finish_reason: str = "imported"
    token_ids: list[list[int]] | None = None
    n_prompt_tokens: int | None = None
    n_output_tokens: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for place, turn in enumerate(self.turns):
            if "\0" in turn:
                raise BadRow(
                    (f"response[{place}]", "holds the character U+0000, which a database cannot store")
                )
            if any("\ud800" <= character <= "\udfff" for character in turn):
                raise BadRow((f"response[{place}]", "holds half a surrogate pair, which is no text"))


def excerpt(text: str) -> str:
    """The beginning of a text, fit to be shown on one line."""
    return shown(text[:80])
