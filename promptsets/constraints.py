"""Constraints that a program can hold a response against: an automatic, non-human signal beside the judgments.

A prompt's `constraints` is a list of objects; each names its `kind` and what the kind needs. The kinds and their
fields are the functions of KINDS and their keywords: {"kind": "words", "min": null, "max": 50}.
"""

import inspect
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from promptsets.languages import is_written_in

FENCE = re.compile(r"\A```[\w-]*\n(.*?)\n?```\Z", re.DOTALL)


@dataclass(frozen=True)
class Check:
    """Whether one constraint holds for a response, and the constraint itself."""

    constraint: Mapping[str, Any]
    holds: bool


def check(response: str, constraints: Sequence[Mapping[str, Any]]) -> list[Check]:
    """Holds a response against each constraint. Raises: ValueError for a constraint that makes no sense."""
    return [Check(constraint, holds(response, constraint)) for constraint in constraints]


def holds(response: str, constraint: Mapping[str, Any]) -> bool:
    fault = fault_of(constraint)
    if fault:
        raise ValueError(fault)
    return KINDS[constraint["kind"]](response.strip(), **arguments(constraint))


def fault_of(constraint: Mapping[str, Any]) -> str:
    """Why a constraint makes no sense; "" if it does."""
    kind = constraint.get("kind")
    if kind not in KINDS:
        return f"kind is {kind!r}; it must be one of {', '.join(sorted(KINDS))}"
    wanted = [name for name in inspect.signature(KINDS[kind]).parameters if name != "text"]
    given = arguments(constraint)
    if sorted(wanted) != sorted(given):
        return f"{kind} takes {', '.join(wanted) or 'nothing'}; given are {', '.join(given) or 'nothing'}"
    if {"least", "most"} & set(wanted) and given.get("least") is None and given.get("most") is None:
        return f"{kind} needs a min or a max"
    return ""


def arguments(constraint: Mapping[str, Any]) -> dict[str, Any]:
    """The constraint's fields as keywords; `min` and `max` have Python's own names."""
    renamed = {"min": "least", "max": "most", "text": "wanted"}
    return {renamed.get(name, name): value for name, value in constraint.items() if name != "kind"}


def within(count: int, least: int | None, most: int | None) -> bool:
    return (least is None or count >= least) and (most is None or count <= most)


# ── How long ──────────────────────────────────────────────────────────────────────────────────────────────────
def words(text: str, least: int | None, most: int | None) -> bool:
    return within(len(text.split()), least, most)


def characters(text: str, least: int | None, most: int | None) -> bool:
    return within(len(text), least, most)


def sentences(text: str, least: int | None, most: int | None) -> bool:
    """Sentences end in . ! ? or … before white space or the end; what remains after the last counts too."""
    return within(
        len([part for part in re.split(r"(?<=[.!?…])[\"'”’)]*(?:\s+|\Z)", text) if part]), least, most
    )


def paragraphs(text: str, least: int | None, most: int | None) -> bool:
    return within(len([part for part in re.split(r"\n\s*\n", text) if part.strip()]), least, most)


def lines(text: str, least: int | None, most: int | None) -> bool:
    return within(len(filled_lines(text)), least, most)


def filled_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


# ── In which form ─────────────────────────────────────────────────────────────────────────────────────────────
def bullets(text: str, least: int | None, most: int | None) -> bool:
    return within(len(re.findall(r"^\s*[-*•] ", text, re.MULTILINE)), least, most)


def numbered(text: str, least: int | None, most: int | None) -> bool:
    return within(len(re.findall(r"^\s*\d+[.)] ", text, re.MULTILINE)), least, most)


def headings(text: str, least: int | None, most: int | None) -> bool:
    return within(len(re.findall(r"^#{1,6} ", text, re.MULTILINE)), least, most)


def json_object(text: str, keys: Sequence[str]) -> bool:
    """The whole response, a code fence around it allowed, is one object with exactly these keys."""
    fenced = FENCE.match(text)
    try:
        value = json.loads(fenced.group(1) if fenced else text)
    except ValueError:
        return False
    return isinstance(value, dict) and set(value) == set(keys)


def table(text: str, columns: int, rows: int) -> bool:
    """One Markdown table of so many columns, and so many rows below its header."""
    found = [line for line in filled_lines(text) if line.startswith("|")]
    if len(found) != rows + 2 or not re.fullmatch(r"[|:\-\s]+", found[1]):
        return False
    return all(len(line.strip("|").split("|")) == columns for line in found)


def starts_with(text: str, wanted: str) -> bool:
    return text.startswith(wanted)


def ends_with(text: str, wanted: str) -> bool:
    return text.endswith(wanted)


def wrapped(text: str, prefix: str, suffix: str) -> bool:
    return text.startswith(prefix) and text.endswith(suffix) and len(text) >= len(prefix) + len(suffix)


# ── With which words ──────────────────────────────────────────────────────────────────────────────────────────
def contains(text: str, wanted: str, least: int | None, most: int | None) -> bool:
    return within(occurrences(text, wanted), least, most)


def excludes(text: str, wanted: str) -> bool:
    return occurrences(text, wanted) == 0


def occurrences(text: str, wanted: str) -> int:
    """How often a word or phrase stands in the text, whole and in any case; a sign such as a comma counts anywhere."""
    pattern = re.escape(wanted)
    if wanted[:1].isalnum():
        pattern = r"(?<!\w)" + pattern
    if wanted[-1:].isalnum():
        pattern += r"(?!\w)"
    return len(re.findall(pattern, text, re.IGNORECASE))


def excludes_letter(text: str, letter: str) -> bool:
    return letter.casefold() not in unicodedata.normalize("NFD", text).casefold()


def starts_lines_with(text: str, letters: str) -> bool:
    """The first letters of the lines, in their order, spell this."""
    return "".join(line[0] for line in filled_lines(text)).casefold() == letters.casefold()


# ── In which letters and language ─────────────────────────────────────────────────────────────────────────────
def case(text: str, value: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and all(letter == getattr(letter, value)() for letter in letters)


def capital_words(text: str, least: int | None, most: int | None) -> bool:
    return within(len(re.findall(r"\b[A-Z]{2,}\b", text)), least, most)


def title_case_first_line(text: str) -> bool:
    first = (filled_lines(text) or [""])[0].lstrip("# ")
    return bool(first) and all(
        word[0].isupper() for word in first.split() if word[0].isalpha() and len(word) > 3
    )


def language(text: str, value: str) -> bool:
    return is_written_in(text, value)


KINDS: dict[str, Callable[..., bool]] = {
    "json": json_object,
    **{
        kind.__name__: kind
        for kind in (words, characters, sentences, paragraphs, lines, bullets, numbered, headings, table)
    },
    **{
        kind.__name__: kind for kind in (starts_with, ends_with, wrapped, contains, excludes, excludes_letter)
    },
    **{
        kind.__name__: kind
        for kind in (starts_lines_with, case, capital_words, title_case_first_line, language)
    },
}
