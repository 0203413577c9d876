"""How alike prompts are: shared word 4-grams, openings, and how varied a set is as a whole.

Near duplicates by Jaccard similarity of word n-grams after Broder (1997), "On the resemblance and containment of
documents"; distinct-2 after Li et al. (2016), arXiv 1510.03055.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

WORD = re.compile(r"\w+(?:['’]\w+)?")
QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|‘[^’]{3,}’")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NAME = re.compile(r"(?<![.!?:]\s)(?<!^)(?<!\n)\b[A-Z]\w*")
GRAM = 4
COMMONEST = 400  # an n-gram in more texts than this says nothing of any two of them

Grams = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class NearDuplicate:
    """Two texts by their keys, and the share of their 4-grams that they have in common."""

    first: str
    second: str
    jaccard: float


def near_duplicates(texts: Mapping[str, str], at_least: float) -> Iterator[NearDuplicate]:
    """Pairs of texts whose similarity is `at_least` or more, each pair once."""
    grams = {key: grams_of(text) for key, text in texts.items()}
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, own in grams.items():
        shared: Counter[str] = Counter()
        for gram in own:
            shared.update(holders[gram][:COMMONEST])
            holders[gram].append(key)
        for other, common in shared.items():
            jaccard = common / (len(own) + len(grams[other]) - common)
            if jaccard >= at_least:
                yield NearDuplicate(other, key, jaccard)


def grams_of(text: str) -> Grams:
    """The text's word 4-grams in lower case; a text of fewer words is one gram."""
    words = words_of(text)
    return frozenset(tuple(words[i : i + GRAM]) for i in range(max(1, len(words) - GRAM + 1)))


def masked(text: str) -> str:
    """The text with quotations, numbers and capitalised words within a sentence blotted out: what a template leaves."""
    return QUOTED.sub("QUOTE", NUMBER.sub("NUMBER", NAME.sub("NAME", text)))


def words_of(text: str) -> list[str]:
    return WORD.findall(text.lower())


def opening(text: str, words: int = 5) -> str:
    return " ".join(words_of(text)[:words])


def distinct_2(texts: Mapping[str, str]) -> float:
    """Different word pairs over all word pairs: 1 if no pair of words comes twice. Falls as a set grows."""
    pairs = [
        pair for text in texts.values() for pair in zip(words_of(text), words_of(text)[1:], strict=False)
    ]
    return len(set(pairs)) / len(pairs) if pairs else 1.0
