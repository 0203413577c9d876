"""What a list of prompts holds, counted: shown at import, kept in the version's manifest."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from promptsets.digests import text_digest
from promptsets.formats.row import PromptRow
from promptsets.taxonomy import LONGEST_PROMPT

NOT_DECLARED = "not declared"
MOST_SHOWN = 10
ALWAYS_TOLD = {"prompts", "over_long", "duplicates", "identity_asking"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
BIDI = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ZERO_WIDTH = re.compile(r"[\u200b-\u200d\u2060\ufeff]")
# A response to such a prompt names its maker, which no blinding survives. Meant for English; a person reads the hits.
IDENTITY = re.compile(
    r"\b(who|what) (are|r) (you|u)\b(?! (going|doing|looking|trying|talking|saying|able|most|hoping))"
    r"|\bwho (made|created|built|trained|developed|programmed) you\b"
    r"|\bwhat(?:'s| is) your (name|model|knowledge cutoff|training data)\b"
    r"|\b(which|what) (language |AI )?model are you\b"
    r"|\bare you (an? )?(AI|chatbot|robot|language model|ChatGPT|GPT|Gemma|Gemini|Claude|Llama|Mistral)\b"
    r"|\bintroduce yourself\b|\btell me about yourself\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Summary:
    """Counts over prompts. Lists hold the keys of those concerned."""

    prompts: int
    turns: dict[str, int]
    categories: dict[str, int]
    languages: dict[str, int]
    hazards: dict[str, int]
    expected: dict[str, int]
    over_long: list[str]
    duplicates: list[list[str]]
    identity_asking: list[str]
    outer_white_space: int
    control_characters: int
    bidi_characters: int
    zero_width_characters: int

    def lines(self) -> Iterator[tuple[str, str]]:
        """What it says, for people: a name and a text for each count that is not nothing, or is always told."""
        for name, value in vars(self).items():
            if value or name in ALWAYS_TOLD:
                yield name.replace("_", " "), told(value)


def summarise(rows: Sequence[PromptRow]) -> Summary:
    return Summary(
        prompts=len(rows),
        turns=counted(str(len(row.turns)) for row in rows),
        categories=counted(row.category or NOT_DECLARED for row in rows),
        languages=counted(row.language or NOT_DECLARED for row in rows),
        hazards=counted(row.hazard for row in rows if row.hazard),
        expected=counted(row.expected for row in rows if row.expected),
        over_long=[row.key for row in rows if row.characters > LONGEST_PROMPT],
        duplicates=same_texts(rows),
        identity_asking=[row.key for row in rows if any(map(IDENTITY.search, row.turns))],
        outer_white_space=sum(any(turn != turn.strip() for turn in row.turns) for row in rows),
        control_characters=prompts_with(CONTROL, rows),
        bidi_characters=prompts_with(BIDI, rows),
        zero_width_characters=prompts_with(ZERO_WIDTH, rows),
    )


def counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def prompts_with(pattern: re.Pattern[str], rows: Sequence[PromptRow]) -> int:
    return sum(any(map(pattern.search, row.turns)) for row in rows)


def same_texts(rows: Sequence[PromptRow]) -> list[list[str]]:
    """Keys of prompts whose verbatim texts are equal, group by group."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(text_digest(row.turns), []).append(row.key)
    return [keys for keys in groups.values() if len(keys) > 1]


def told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {count}" for name, count in value.items())
    if isinstance(value, list):
        shown = ", ".join(" = ".join(item) if isinstance(item, list) else item for item in value[:MOST_SHOWN])
        more = ", …" if len(value) > MOST_SHOWN else ""
        return f"{len(value)} ({shown}{more})" if value else "none"
    return str(value)
