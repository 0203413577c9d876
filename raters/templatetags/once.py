"""Parts that many pages share, rendered once for the values that they are made of."""

import re
import secrets
from collections.abc import Hashable

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()
KEPT = 256  # of each part, in each process; a few kilobytes each at most
MARK = re.compile("(\0[0-9a-f]{16}\0)")

Pieces = tuple[str | NodeList, ...]


@register.tag
def once(parser: Parser, token: Token) -> "OnceNode":
    """`{% once name=value … %}…{% endonce %}`: what stands between is rendered once for these values and the language.

    It sees nothing else of the page, so the same values make the same text. Values are hashable: texts, tuples of them.
    """
    words = token.split_contents()[1:]
    values = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"once takes name=value and nothing else, not {words[0]!r}")
    part = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(part, values)


@register.tag
def anew(parser: Parser, token: Token) -> "AnewNode":
    """`{% anew %}…{% endanew %}` within `once`: rendered for each page, of which it sees everything."""
    if "once" not in (command for command, _token in parser.command_stack):
        raise template.TemplateSyntaxError("anew stands within once: outside of it all is rendered anew")
    part = parser.parse(("endanew",))
    parser.delete_first_token()
    return AnewNode(part)


class AnewNode(Node):
    """Leaves a mark where the page's own text goes, since what is around it is kept for all pages."""

    def __init__(self, part: NodeList) -> None:
        self.part = part
        self.mark = f"\0{secrets.token_hex(8)}\0"

    def render(self, context: template.Context) -> SafeString:
        return mark_safe(self.mark)  # noqa: S308  hexadecimal digits


class OnceNode(Node):
    def __init__(self, part: NodeList, values: dict[str, FilterExpression]) -> None:
        self.part = part
        self.values = values
        inner = part.get_nodes_by_type(AnewNode)
        self.anew = {node.mark: node.part for node in inner if isinstance(node, AnewNode)}
        self.kept: dict[Hashable, Pieces] = {}

    def render(self, context: template.Context) -> SafeString:
        values = {name: value.resolve(context) for name, value in self.values.items()}
        # With their types: 1 equals True, and a text that is safe one that has yet to be escaped.
        key = get_language(), *((type(value), value) for value in values.values())
        pieces = self.kept.get(key)
        if pieces is None:
            pieces = self.pieces(self.part.render(context.new(values)))
            if len(self.kept) >= KEPT:
                self.kept.clear()
            self.kept[key] = pieces
        shown = (piece if isinstance(piece, str) else piece.render(context) for piece in pieces)
        return mark_safe("".join(shown))  # noqa: S308  each is a template's own text

    def pieces(self, html: str) -> Pieces:
        """The text, and what is rendered anew at each mark in it."""
        return tuple(self.anew.get(text, text) for text in MARK.split(html))
