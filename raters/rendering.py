"""Untrusted Markdown made safe to show: parsed with raw HTML off, then held against a list of what is allowed.

Two walls, since either may have a hole. No images, no links that can be followed, no ids, no styles; a heading is
demoted below the page's own.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

TEXT = {"p", "em", "strong", "s", "del", "blockquote", "code", "pre", "hr", "br", "h4", "h5", "h6"}
LISTS_AND_TABLES = {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
ALLOWED = TEXT | LISTS_AND_TABLES

# What no screen shows but what moves or hides text becomes a visible mark: bidi controls, zero-width spaces, control
# characters but for tab and line ends. The two joiners stay: emoji and several scripts are written with them.
BIDI = {0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
ZERO_WIDTH = {0x200B, *range(0x2060, 0x2066), 0xFEFF}
CONTROL = {*range(0x20), *range(0x7F, 0xA0)} - {0x09, 0x0A, 0x0D}
MARKS = {code: f"⟨U+{code:04X}⟩" for code in BIDI | ZERO_WIDTH | CONTROL}


class PlainLinks(RendererHTML):
    """Writes links and images as text with the address in brackets: nothing on the page can be followed or fetched."""

    def link_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        env.setdefault("hrefs", []).append(tokens[index].attrGet("href") or "")
        return ""

    def link_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f" [{escape(env['hrefs'].pop())}]"

    def image(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"{escape(tokens[index].content)} [{escape(str(tokens[index].attrGet('src') or ''))}]"

    def heading_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"<{demoted(tokens[index].tag)}>"

    def heading_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"</{demoted(tokens[index].tag)}>\n"


# A single line end is one: poems, addresses and lists that nobody marked up stay in their lines.
PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=PlainLinks).enable(
    ["table", "strikethrough"]
)


def render(text: str) -> SafeString:
    """The text as HTML that holds nothing but the elements of ALLOWED, without attributes."""
    html = PARSER.render(text.translate(MARKS))
    return mark_safe(nh3.clean(html, tags=ALLOWED, attributes={}, url_schemes=set()))  # noqa: S308  cleaned above


def demoted(tag: str) -> str:
    """h1 and deeper become h4 and deeper: the page's own headings stand above."""
    return f"h{min(int(tag[1]) + 3, 6)}"
