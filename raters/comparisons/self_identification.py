"""Finds where a response says who wrote it: "I am Gemma", "a language model trained by", a cutoff date of its own.

Only what is said in the first person counts, and no name that the prompt itself holds: a poem about Google gives nobody
away. What is found is held for a person to look at, who knows fiction from a leak.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache

from generation.models import Response

NAMES = (
    r"RecurrentGemma|Gemma|Gemini|Bard|PaLM|LaMDA|Griffin|Google(?: DeepMind)?|DeepMind|Mistral(?: AI)?|Mixtral|"
    r"ChatGPT|GPT(?:-?\d[\w.]*)?|OpenAI|Claude|Anthropic|Llama(?:[ -]?\d)?|Meta(?: AI)?|Qwen|Tongyi|"
    r"Alibaba(?: Cloud)?|DeepSeek|Phi-\d|Copilot|Microsoft|Cohere|Command R|Falcon|Vicuna|LMSYS|"
    r"Large Model Systems|Alpaca|Zephyr|"
    r"Grok|xAI|Yi|Baichuan|ChatGLM|Ernie|Baidu|Kimi|Moonshot|Hugging ?Face"
)
I_AM = r"(?:\bI(?:'m|’m| am)|\bmy name is|\bmy name's|\bcall me|\bI go by)"
BETWEEN = r"(?:(?!of\b|at\b|for\b|with\b|to\b|in\b|on\b)[\w'’-]+,?\s+){0,6}?"  # "a fan of Google" is none of Google's
MADE = r"(?:trained|created|developed|made|built|designed|fine-?tuned|programmed|maintained)"
MODEL = r"(?:(?:large |open |conversational )*(?:language|AI) (?:model|assistant)|chatbot|LLM)"


@dataclass(frozen=True)
class Finding:
    """A passage of response `a` or `b` that may say who wrote it, and the name in it, empty where none is needed."""

    response: str
    quote: str
    name: str = ""


@lru_cache(maxsize=16)
def patterns(names: str) -> tuple[re.Pattern[str], ...]:
    """What gives a writer away, with the name as a group where there is one."""
    name = rf"(?P<name>\b(?:{names})\b)"
    with_name = (
        rf"{I_AM}\s+(?:(?:an?|the|called|named|known as|just|actually)\s+{BETWEEN})?{name}",
        rf"\bas\s+(?:an?\s+)?(?:[\w-]+\s+){{0,5}}?{name}[^.!?\n]{{0,30}}?,?\s+I\b",
        rf"\bI\s+(?:was|am|have been)\s+(?:[\w-]+\s+)?{MADE}\s+(?:by|at)\s+[^.!?\n]{{0,40}}?{name}",
        rf"\bmy\s+(?:creators?|developers?|makers?|developer team|parent company)\b[^.!?\n]{{0,40}}?{name}",
        rf"\b{MODEL},?\s+{MADE}\s+by\s+[^.!?\n]{{0,40}}?{name}",
        rf"(?:\bI\s+work\s+for|\bhere\s+at)\s+{name}",
    )
    without_name = (
        rf"\b(?:I(?:'m|’m| am)|as)\s+an?\s+{MODEL}[^.!?\n]{{0,20}}?\s{MADE}\s+by\b",
        r"\bmy\s+(?:knowledge|training)(?:\s+data)?\s+"
        r"(?:cut-?\s?off|was cut off|ends?|only goes|goes up to|is current)",
        r"\b(?:as of|since|until|up to)\s+my\s+"
        r"(?:last\s+)?(?:knowledge\s+|training\s+)?(?:cut-?\s?off|update|training)",
    )
    return tuple(re.compile(one, re.IGNORECASE) for one in (*with_name, *without_name))


def findings(
    prompts: list[str], a: Response | None, b: Response | None, also: Iterable[str] = ()
) -> list[Finding]:
    """All passages of both responses that may say who wrote them. `also` are further names, as of the study's arms."""
    names = "|".join([NAMES, *map(re.escape, sorted(also, key=len, reverse=True))])
    asked = "\n".join(prompts).lower()
    found = [
        Finding(letter, quote, name)
        for letter, response in (("a", a), ("b", b))
        for text in (response.turns if response else [])
        for quote, name in passages(text, patterns(names))
        if (name or quote).lower() not in asked
    ]
    return list(dict.fromkeys(found))


def passages(text: str, leaks: Iterable[re.Pattern[str]]) -> Iterator[tuple[str, str]]:
    for leak in leaks:
        for match in leak.finditer(text):
            yield " ".join(match.group().split()), match.groupdict().get("name") or ""


def as_rows(found: Iterable[Finding]) -> list[dict[str, str]]:
    return [asdict(finding) for finding in found]


def quotes(found: Iterable[dict[str, str]]) -> list[str]:
    """The passages by their letters: as they are kept those of `a` come first, which would tell who reads blind."""
    return sorted(row["quote"] for row in found)


def masked(text: str, found: Iterable[dict[str, str]]) -> str:
    """The text with every found passage's name, or the passage itself where it has none, replaced by the same mark."""
    for row in found:
        hidden = r"\s+".join(map(re.escape, (row["name"] or row["quote"]).split()))
        text = re.sub(rf"\b{hidden}\b", "[…]", text, flags=re.IGNORECASE)
    return text
