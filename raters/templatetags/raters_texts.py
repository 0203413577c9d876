"""Text that checkpoints, prompts and people wrote, on pages that show it as it was written."""

from django import template

from raters.desk.rendering import shown_text

register = template.Library()


@register.filter
def visible(text: str) -> str:
    """The text with a visible mark in place of each character that hides others, or moves them."""
    return shown_text(text)
