"""Formats of files of responses, recognised by content: a module for each."""

from dataclasses import dataclass
from typing import Protocol

from generation.formats import alpaca_eval, mt_bench, response1
from generation.formats.row import ResponseRow
from promptsets.formats.fields import Fields
from promptsets.formats.problems import BadRow, Problem, PromptFileError
from promptsets.formats.records import Container, Record, container_of, records
from promptsets.formats.source import Source


class Format(Protocol):
    CONTAINER: Container

    def recognises(self, record: dict[str, object]) -> bool: ...
    def rows(self, fields: Fields) -> list[ResponseRow]: ...


FORMATS: dict[str, Format] = {"alpaca-eval": alpaca_eval, "mt-bench": mt_bench, "response-1": response1}


class ResponseFileError(PromptFileError):
    """A file of responses that cannot be taken as it is. Nothing of it was imported."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A response row and where its record begins: its number among the records, and its line, both from 1."""

    row: int
    line: int
    response: ResponseRow


@dataclass(frozen=True)
class ResponseFile:
    """A file of responses, read whole and sound."""

    source: Source
    format: str
    rows: list[FileRow]


def responses_in(source: Source, format: str | None = None) -> ResponseFile:  # noqa: A002  the option's name
    """Every row of the source. The format is the one its first record shows, unless one is given.

    Raises: PromptFileError (ResponseFileError) naming each bad row's line and field.
    """
    found = list(records(source))
    name = format or recognise(source, found)
    rows, problems = [], []
    for number, record in enumerate(found, start=1):
        try:
            if record.fault:
                raise record.fault
            rows += [
                FileRow(number, record.line, response)
                for response in FORMATS[name].rows(Fields(record.fields))
            ]
        except BadRow as bad:
            problems += [Problem(record.line, field, message) for field, message in bad.faults]
    if problems:
        raise ResponseFileError(source.name, problems)
    if not rows:
        raise ResponseFileError(source.name, [Problem(None, "", "holds no responses")])
    return ResponseFile(source, name, rows)


def recognise(source: Source, found: list[Record]) -> str:
    container = container_of(source)
    first = next((record.fields for record in found if not record.fault), {})
    for name, module in FORMATS.items():
        if container == module.CONTAINER and module.recognises(first):
            return name
    if found and found[0].fault:
        faults = found[0].fault.faults
        raise ResponseFileError(
            source.name, [Problem(found[0].line, field, message) for field, message in faults]
        )
    known = ", ".join(FORMATS)
    message = f"is in none of the known formats ({known}); --format names one, if it is"
    raise ResponseFileError(source.name, [Problem(None, "", message)])
