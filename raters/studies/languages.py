"""The languages that raters' pages speak, and the texts of a study that are written once for each."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language

LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("ja", "日本語"),
    ("pt", "Português"),
]
TEXTS = ("rater_title", "consent", "content_note", "guide", "support_line")


def spoken(otherwise: str) -> str:
    """The language of the page that is being made; the other one where no language is spoken at all."""
    return get_language() or otherwise


def known_texts(texts: Any) -> None:
    """Raises: ValidationError for anything but texts by language and name, such as {"pt": {"guide": "…"}}."""
    codes = [code for code, _language in LANGUAGES]
    if not isinstance(texts, dict) or not set(texts) <= set(codes):
        raise ValidationError(f"Texts by language, no others than: {', '.join(codes)}.")
    for code, written in texts.items():
        if not isinstance(written, dict) or not set(written) <= set(TEXTS):
            raise ValidationError(f"{code} holds texts by name, no others than: {', '.join(TEXTS)}.")
        for name, text in written.items():
            if not isinstance(text, str) or not text.strip():
                raise ValidationError(f"{name} in {code} is a text; leave it out where there is none.")
        if len(written.get("rater_title", "")) > 200:
            raise ValidationError(f"rater_title in {code} has 200 characters at most.")
