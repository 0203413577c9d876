"""Untrusted Markdown made safe to show: parsed with raw HTML off, then held against a list of what is allowed.

Two walls, since either may have a hole. No images, no links that can be followed, no ids, no styles; a heading is
demoted below the page's own.
"""

import re
import sys
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from importlib.metadata import version
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from raters.desk.highlighting import CLASSES, highlighted

TEXT = {"p", "em", "strong", "s", "del", "blockquote", "code", "pre", "hr", "br", "h4", "h5", "h6"}
LISTS_AND_TABLES = {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
ALLOWED = TEXT | LISTS_AND_TABLES | {"span"}
COLOURS = {"span": set(CLASSES.values())}  # of code

# What no screen shows but what moves or hides text becomes a visible mark: all format and control characters but for
# tab and line ends, and halves of letters, with which no page can be encoded. The two joiners stay: emoji and several
# scripts are written with them.
KEPT = {0x09, 0x0A, 0x0D, 0x200C, 0x200D}
HIDDEN = re.compile(
    "["
    + "".join(
        f"\\U{code:08x}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs"} and code not in KEPT
    )
    + "]"
)
LONGEST, DEEPEST = 100_000, 40
KEPT_TEXTS = 2048  # each is shown to several raters; at a few kilobytes a text some megabytes a process
DEEP = re.compile(rf"^[ \t]{{{2 * DEEPEST},}}\S|^(?:[ \t]*(?:>|[-*+]|\d+[.)])){{{DEEPEST},}}", re.MULTILINE)

WIDE = "[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"  # of scripts that put no space between words
WRAPPED_WIDE = re.compile(rf"(?<={WIDE})\n *(?={WIDE})")
WRAPPED = re.compile(r"(?<=\S)\n *(?![\s\-*#>|\d]|$)")  # but not before a list, a heading, a quote or a table


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


# A single line end is one: poems, addresses and lists that nobody marked up stay in their lines. Reference definitions
# are off: they would make text vanish from the page, as in a list of sources.
PARSER = MarkdownIt(
    "commonmark",
    {"html": False, "breaks": True, "maxNesting": 4 * DEEPEST, "highlight": highlighted},
    renderer_cls=PlainLinks,
)
PARSER.enable(["table", "strikethrough"]).disable("reference")


# What made an HTML that is kept: whoever changes what `render` writes raises the number, or pages show the old.
RENDERER = " ".join(["1", *(f"{name} {version(name)}" for name in ("markdown-it-py", "nh3", "pygments"))])


@lru_cache(maxsize=KEPT_TEXTS)
def render(text: str) -> SafeString:
    """The text as HTML that holds nothing but the elements of ALLOWED, without attributes but for the colours of code.

    A text too deeply nested to be laid out is shown as it was written; one too long ends with a mark that says so.
    """
    shown = shown_text(text[:LONGEST])
    html = f"<pre>{escape(shown)}</pre>" if DEEP.search(shown) else PARSER.render(shown)
    if len(text) > LONGEST:
        html += f"<p>⟨{len(text) - LONGEST:,} more characters are not shown⟩</p>"
    clean = nh3.clean(html, tags=ALLOWED, attributes={}, allowed_classes=COLOURS, url_schemes=set())
    return mark_safe(clean)  # noqa: S308  cleaned above


@lru_cache(maxsize=KEPT_TEXTS)
def render_raw(text: str) -> SafeString:
    """The text as it was written, mark-up and all."""
    html = escape(shown_text(text[:LONGEST]))
    if len(text) > LONGEST:
        html += f"\n⟨{len(text) - LONGEST:,} more characters are not shown⟩"
    return mark_safe(html)  # noqa: S308  escaped above


def shown_text(text: str) -> str:
    """The text with a visible mark in place of each hidden character."""
    return HIDDEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)


@lru_cache(maxsize=KEPT_TEXTS)
def render_prose(text: str) -> SafeString:
    """A text of ours or of a researcher, whose lines were broken for the editor: here they flow."""
    return render(WRAPPED.sub(" ", WRAPPED_WIDE.sub("", text)))


def demoted(tag: str) -> str:
    """h1 and deeper become h4 and deeper: the page's own headings stand above."""
    return f"h{min(int(tag[1]) + 3, 6)}"
