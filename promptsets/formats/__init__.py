"""The formats in which prompts come, one module each; which it is, a file's first record tells."""

from collections.abc import Iterator
from typing import Any, Protocol

from promptsets.formats import (
    ailuminate,
    alpaca_eval,
    arena_hard,
    do_not_answer,
    humaneval,
    ifeval,
    mt_bench,
    prompt_1,
    self_instruct,
    xstest,
)
from promptsets.formats.columns import Columns, proposed
from promptsets.formats.problems import BadRow, Problem, PromptFileError, brief
from promptsets.formats.records import Record, records
from promptsets.formats.row import PromptRow
from promptsets.formats.source import Source
from promptsets.storable import NO_TEXT


class Format(Protocol):
    """What a format's module has. `recognises` sees the first record alone; `row` reads any."""

    @property
    def NAME(self) -> str: ...  # noqa: N802  a constant of a module

    def recognises(self, record: dict[str, Any]) -> bool: ...

    def row(self, record: dict[str, Any]) -> PromptRow:
        """Raises: BadRow for a record that is no prompt."""
        ...


FORMATS: dict[str, Format] = {
    module.NAME: module
    for module in (
        prompt_1,
        ifeval,
        mt_bench,
        humaneval,
        self_instruct,
        arena_hard,
        alpaca_eval,
        xstest,
        ailuminate,
        do_not_answer,
    )
}


def format_of(source: Source, name: str | None = None) -> Format:
    """The format of that name, else the one that recognises the file's first record.

    Raises: PromptFileError if there is no such format, or none recognises the file.
    """
    if name is not None:
        if name not in FORMATS:
            raise refused(source, f"there is no format {name!r}: use one of {', '.join(FORMATS)}")
        return FORMATS[name]
    first = next(records(source), None)
    if first is None:
        raise refused(source, "holds no prompt")
    if first.fault:
        raise PromptFileError(source.name, list(problems_of(first, first.fault)))
    for candidate in FORMATS.values():
        if candidate.recognises(first.fields):
            return candidate
    fields = brief(", ".join(first.fields)) or "none"
    named = f"name one of {', '.join(FORMATS)}"
    mapping = Columns(proposed(first.fields)) if proposed(first.fields) else "prompt=COLUMN"
    raise refused(
        source, f"is in no known format (fields: {fields}); {named}, or map its columns, such as {mapping}"
    )


def rows(source: Source, of: Format) -> Iterator[tuple[int, PromptRow | BadRow]]:
    """Each record's line, and its prompt or what is wrong with it."""
    for record in records(source):
        try:
            yield record.line, record.fault or of.row(record.fields)
        except BadRow as bad:
            yield record.line, bad
        except UnicodeEncodeError:  # of a format that makes its ids of the text
            yield record.line, BadRow(("", NO_TEXT))


def problems_of(record: Record, bad: BadRow) -> Iterator[Problem]:
    return (Problem(record.line, field, message) for field, message in bad.faults)


def refused(source: Source, message: str) -> PromptFileError:
    return PromptFileError(source.name, [Problem(None, "", message)])
