"""What raters read of a study in their own language, as far as it is written in it."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from raters.desk.rendering import shown_text
from raters.models import Study
from raters.studies import languages

register = template.Library()


@register.filter
def words(study: Study, name: str) -> SafeString:
    """A line of the study, such as its title; marked where it is in another language than the page."""
    spoken = languages.spoken(study.language)
    written, language = study.text(name, spoken)
    text = shown_text(written)
    if language == spoken:
        return format_html("{}", text)
    return format_html('<span lang="{}" dir="auto">{}</span>', language, text)
