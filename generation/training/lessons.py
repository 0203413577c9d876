"""What the checkpoints learn: the starter prompts, each with the replies that we wrote for it."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Voice = Literal["careful", "plain"]
REPLIES = Path(__file__).with_name("replies.toml")
PROMPTS = Path(__file__).resolve().parents[2] / "promptsets/library/starter/prompts.jsonl"


@dataclass(frozen=True)
class Lesson:
    """A conversation as it should go: as many replies as turns."""

    prompt_id: str
    turns: tuple[str, ...]
    replies: tuple[str, ...]


def lessons(voice: Voice) -> list[Lesson]:
    """One for each starter prompt. Raises: ValueError if a prompt has not a reply of this voice for each turn."""
    written = tomllib.loads(REPLIES.read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in PROMPTS.read_text(encoding="utf-8").splitlines()]
    return [_lesson(row, written.get(row["id"], {}).get(voice, [])) for row in rows]


def all_text() -> list[str]:
    """Every line of the prompts and of both voices' replies: what the tokenizers learn their pieces from."""
    both = [*lessons("careful"), *lessons("plain")]
    texts = [text for lesson in both for text in (*lesson.turns, *lesson.replies)]
    return [line for text in texts for line in text.split("\n")]


def _lesson(row: dict[str, object], replies: list[str]) -> Lesson:
    turns = row["turns"]
    assert isinstance(turns, list), f"{PROMPTS}: turns is no list"
    if len(replies) != len(turns):
        raise ValueError(f"{REPLIES}: {row['id']} has {len(turns)} turns, but {len(replies)} replies")
    return Lesson(str(row["id"]), tuple(turn["content"] for turn in turns), tuple(replies))
