"""Which words two texts do not share, line by line and then word by word, as HTML; both sides are marked alike."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape

from django.utils.safestring import SafeString, mark_safe

from raters.desk.rendering import LONGEST, shown_text

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = (
    4_000  # in one changed stretch: longer ones are marked whole, since the search takes the square of them
)
MOST_LINES = 4_000


@dataclass(frozen=True)
class Diff:
    """The two texts, with what stands in one alone inside `del` (left) and `ins` (right)."""

    left: SafeString
    right: SafeString
    differences: int


@dataclass(frozen=True)
class Stretch:
    """A piece of either text; shared pieces are the same on both sides."""

    left: str
    right: str
    shared: bool


def diff(left: str, right: str) -> Diff:
    left, right = shown_text(left[:LONGEST]), shown_text(right[:LONGEST])
    stretches = list(merged(stretches_of(left, right)))
    differences = sum(not one.shared for one in stretches)
    return Diff(
        marked([(one.left, one.shared) for one in stretches], "del"),
        marked([(one.right, one.shared) for one in stretches], "ins"),
        differences,
    )


def stretches_of(left: str, right: str) -> Iterator[Stretch]:
    a, b = left.splitlines(keepends=True), right.splitlines(keepends=True)
    if max(len(a), len(b)) > MOST_LINES:
        a, b = [left], [right]
    for same, old, new in blocks(a, b):
        yield from [Stretch(old, new, True)] if same else word_stretches(old, new)


def word_stretches(left: str, right: str) -> Iterator[Stretch]:
    a, b = WORDS.findall(left), WORDS.findall(right)
    if not a or not b or max(len(a), len(b)) > MOST_WORDS:
        yield Stretch(left, right, False)
        return
    for same, old, new in blocks(a, b):
        yield Stretch(old, new, same)


def blocks(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    for tag, a_from, a_to, b_from, b_to in SequenceMatcher(None, a, b).get_opcodes():
        yield tag == "equal", "".join(a[a_from:a_to]), "".join(b[b_from:b_to])


def merged(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """Neighbours of one kind as one; white space alone between two differences belongs to them."""
    held: Stretch | None = None
    for one in stretches:
        shared = one.shared and not (
            held and not held.shared and not one.left.strip() and "\n" not in one.left
        )
        if held and held.shared == shared:
            held = Stretch(held.left + one.left, held.right + one.right, shared)
        else:
            if held:
                yield held
            held = Stretch(one.left, one.right, shared)
    if held:
        yield held


def marked(pieces: Sequence[tuple[str, bool]], element: str) -> SafeString:
    html = "".join(
        escape(text) if shared else f"<{element}>{escape(text)}</{element}>"
        for text, shared in pieces
        if text
    )
    return mark_safe(html)  # noqa: S308  every text is escaped
