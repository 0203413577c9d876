"""SVG elements as strings: escaped, without inline style, with a cautious guess at the width of text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

FONT_SIZE = 14  # in units of the viewBox; the layout relies on it, so a page's CSS must leave it alone

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NARROW = frozenset("iljtfrI.,:;|!'()[] ")
WIDE = frozenset("mwMW@%—…")


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """One element; children are markup already. `class_` and `view_box`-like names become class and hyphens."""
    written = "".join(
        f' {ATTRIBUTES.get(key, key.replace("_", "-"))}="{escaped(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


ATTRIBUTES = {
    "class_": "class",
    "id_": "id",
    "view_box": "viewBox",
    "pattern_units": "patternUnits",
    "pattern_transform": "patternTransform",
}


def text(content: str, x: float, y: float, class_: str, anchor: str | None = None) -> str:
    return element("text", escaped(content), x=x, y=y, class_=class_, text_anchor=anchor, fill="currentColor")


def document(
    width: float,
    height: float,
    *body: str,
    id_prefix: str,
    class_: str,
    title: str,
    description: str,
    role: str = "img",
) -> str:
    """The <svg> with its name and description for those who do not see it; it fills the width it is given.

    role: "group" where parts of it can be reached by keyboard; what lies in an "img" is nobody's to reach.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", id_prefix):
        raise ValueError(f"id_prefix is a letter, then letters, digits, _ or -, not {id_prefix!r}")
    return element(
        "svg",
        element("title", escaped(title), id_=f"{id_prefix}-title"),
        element("desc", escaped(description), id_=f"{id_prefix}-desc"),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        class_=class_,
        view_box=f"0 0 {_number(width)} {_number(height)}",
        width="100%",
        role=role,
        aria_labelledby=f"{id_prefix}-title {id_prefix}-desc",
        font_size=FONT_SIZE,
    )


def escaped(content: str) -> str:
    """Safe in text and in attributes; characters that XML cannot hold become U+FFFD."""
    kept = NOT_XML.sub("\ufffd", content)
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def text_width(content: str) -> float:
    """An upper guess for common sans-serif fonts at FONT_SIZE."""
    return FONT_SIZE * sum(map(_ems, content))


def elided(content: str, width: float) -> str:
    """`content`, or as much as fits with an ellipsis in its middle: two steps of one series differ at the end."""
    if text_width(content) <= width:
        return content
    for kept in range(len(content) - 1, 0, -1):
        begin, end = (kept + 1) // 2, kept // 2
        short = content[:begin].rstrip() + "…" + content[len(content) - end :].lstrip()
        if text_width(short) <= width:
            return short
    return "…"


def wrapped(content: str, width: float, lines: int) -> Sequence[str]:
    """At most `lines` lines broken at spaces; what does not fit is elided."""
    words, result = content.split(), list[str]()
    while words and len(result) < lines - 1:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}") <= width:
            line += f" {words.pop(0)}"
        result.append(elided(line, width))
    return [*result, elided(" ".join(words), width)] if words else result


def _ems(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.1
    if character in NARROW:
        return 0.4
    if character in WIDE or not character.isascii():
        return 1.0
    return 0.75 if character.isupper() else 0.62


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
