"""Prompts from a JSONL file: every row is checked, with its line, before anything is done with any."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = ("prompt", "turns", "token_ids")


class PromptsFileError(ValueError):
    """A prompts file that cannot be used: says which line and field, and what would be right."""


@dataclass(frozen=True)
class PromptRow:
    """One prompt: its user turns, or the ids it was given as."""

    file: Path
    line: int
    id: str
    user_turns: tuple[str, ...] = ()
    token_ids: tuple[int, ...] = ()

    def error(self, field: str, message: str) -> PromptsFileError:
        return _error(self.file, self.line, f"field {field}: {message}")


def read_prompts(file: Path) -> list[PromptRow]:
    """The rows of `file`: an `id` and one of `prompt` (text), `turns` (user turns) or `token_ids`.

    Other fields are left alone. Lines end at byte 0x0A only. Raises: PromptsFileError.
    """
    if not file.is_file():
        raise PromptsFileError(f"{file}: there is no such file")
    lines = file.read_bytes().removesuffix(b"\n").split(b"\n")
    rows = [_row(file, number, line) for number, line in enumerate(lines, start=1)]
    first: dict[str, int] = {}
    for row in rows:
        if row.id in first:
            raise row.error(
                "id", f"{row.id!r} stands on line {first[row.id]} already; ids name the responses"
            )
        first[row.id] = row.line
    return rows


def _row(file: Path, line: int, text: bytes) -> PromptRow:
    try:
        value = json.loads(text.decode("utf-8"))
    except ValueError as error:
        raise _error(file, line, f"not a JSON object in UTF-8: {error}") from error
    if not isinstance(value, dict):
        raise _error(file, line, "expected a JSON object with the fields id and prompt")
    if not isinstance(value.get("id"), str) or not value["id"]:
        raise _error(file, line, f"field id: is {value.get('id')!r}; expected a text that is not empty")
    row = PromptRow(file, line, value["id"])
    kinds = [kind for kind in KINDS if kind in value]
    if len(kinds) != 1:
        raise _error(file, line, f"expected one of the fields {', '.join(KINDS)}, found {kinds or 'none'}")
    if kinds == ["token_ids"]:
        return PromptRow(file, line, row.id, token_ids=_token_ids(row, value["token_ids"]))
    turns = [value["prompt"]] if kinds == ["prompt"] else _contents(row, value["turns"])
    return PromptRow(file, line, row.id, user_turns=tuple(_text(row, kinds[0], turn) for turn in turns))


def _contents(row: PromptRow, turns: Any) -> list[Any]:
    if not isinstance(turns, list) or not turns:
        raise row.error("turns", "expected a list of at least one user turn")
    for turn in turns:
        if not isinstance(turn, dict) or turn.get("role") != "user" or "content" not in turn:
            raise row.error(
                "turns",
                'each turn must be {"role": "user", "content": ...}; replies are generated between them',
            )
    return [turn["content"] for turn in turns]


def _text(row: PromptRow, field: str, text: Any) -> str:
    if not isinstance(text, str) or not text:
        raise row.error(field, f"is {text!r}; expected text that is not empty")
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise row.error(field, "holds half of a surrogate pair, which is no character; write the whole pair")
    return text


def _token_ids(row: PromptRow, ids: Any) -> tuple[int, ...]:
    if not isinstance(ids, list) or not ids or not all(type(token) is int and token >= 0 for token in ids):
        raise row.error("token_ids", "expected a list of at least one whole number, 0 or more")
    return tuple(ids)


def check_against(rows: Sequence[PromptRow], vocab_size: int, takes_text: bool) -> None:
    """Raises PromptsFileError if a row is nothing for a checkpoint of that vocabulary."""
    for row in rows:
        if row.user_turns and not takes_text:
            raise row.error(
                "prompt", "the checkpoint cannot chat (no tokenizer with turn tokens); give token_ids"
            )
        if row.token_ids and max(row.token_ids) >= vocab_size:
            raise row.error("token_ids", f"{max(row.token_ids)} is too high; ids end at {vocab_size - 1}")


def _error(file: Path, line: int, message: str) -> PromptsFileError:
    return PromptsFileError(f"{file}, line {line}: {message}")
