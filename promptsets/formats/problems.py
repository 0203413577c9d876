"""What can be wrong with a file of prompts, told so that whoever made it can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which line (from 1; None: the whole file), in which field, and what is right."""

    line: int | None
    field: str
    message: str

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line else []
        where += [self.field] if self.field else []
        return f"{', '.join(where)}: {self.message}" if where else self.message


class PromptFileError(Exception):
    """A file of prompts that cannot be taken as it is. Nothing of it was imported.

    `problems` holds the first twenty, `count` says how many there are.
    """

    def __init__(self, name: str, problems: Sequence[Problem], count: int | None = None) -> None:
        self.name = name
        self.problems = list(problems)[:MOST_LISTED]
        self.count = len(problems) if count is None else count
        super().__init__(self._message())

    def _message(self) -> str:
        if self.count == 1:
            joint = ", " if self.problems[0].line else ": "
            return f"{self.name}{joint}{self.problems[0]}. Nothing was imported."
        left = f", of which the first {len(self.problems)}" if self.count > len(self.problems) else ""
        listed = "".join(f"\n  {problem}" for problem in self.problems)
        return f"{self.name}: {self.count} problems{left}. Nothing was imported.{listed}"


class BadRow(Exception):  # noqa: N818  it carries the errors of a row
    """One record that is no prompt: pairs of field and what is wrong with it."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{field}: {message}" for field, message in faults))


def shown(value: Any) -> str:
    """The value as it may stand in a message: on one line, control characters escaped, cut at 60 characters."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def brief(text: str) -> str:
    """Words of others, such as a file's own names, as they may stand in a message: printable, cut at 200 characters."""
    text = printable(text)
    return text if len(text) <= 200 else f"{text[:197]}..."


def printable(text: str) -> str:
    """The text as a terminal may show it: characters that steer it, or that cannot be seen, are escaped."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
