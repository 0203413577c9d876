"""The living style page: what pages are made of, drawn by the very styles that pages use. For staff alone."""

import re
from dataclasses import dataclass
from pathlib import Path

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from analysis.charts import forest_plot, tie_bar
from analysis.forest_rows import ForestRow
from raters.access import researchers_only

TOKENS = Path(__file__).parents[1] / "static" / "assay" / "tokens.css"
COLOUR = re.compile(r"^  --([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", re.MULTILINE)
SPACE = re.compile(r"^  --(space-\d+): ([\d.]+)rem;", re.MULTILINE)


@dataclass(frozen=True)
class Colour:
    """A token in both schemes, with its contrast on the ground of either (WCAG 2.2, relative luminance)."""

    name: str
    light: str
    dark: str
    contrast_light: float
    contrast_dark: float


class SampleForm(forms.Form):
    """One field of each kind, never sent."""

    name = forms.CharField(label="A line of text", help_text="What helps stands below the field.")
    kind = forms.ChoiceField(label="A choice", choices=[("a", "the first"), ("b", "the second")])
    note = forms.CharField(label="Several lines", widget=forms.Textarea(attrs={"rows": 3}))
    sure = forms.BooleanField(label="Yes or no", required=False)
    n = forms.IntegerField(label="A number that is wrong", min_value=1)


@require_GET
@researchers_only
def style(request: HttpRequest) -> HttpResponse:
    css = TOKENS.read_text().partition("/* A rater's own choice")[0]
    context = {"colours": colours_in(css), "spaces": SPACE.findall(css), "form": wrong_form()}
    return render(request, "dashboards/style.html", context | {"forest": forest(), "ties": ties()})


def colours_in(css: str) -> list[Colour]:
    found = COLOUR.findall(css)
    _, light, dark = next(one for one in found if one[0] == "ground")
    return [Colour(name, a, b, contrast(a, light), contrast(b, dark)) for name, a, b in found]


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white. Source: WCAG 2.2, definition of contrast ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    shares = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def wrong_form() -> SampleForm:
    return SampleForm({"name": "As it was typed", "kind": "a", "note": "", "n": "-3"}, auto_id="sample_%s")


def forest() -> SafeString:
    rows = [ForestRow("All prompts", 0.56, 0.51, 0.61, 900), ForestRow("coding", None, None, None, 12)]
    drawn = forest_plot(rows, id_prefix="style-forest", title="A forest plot", description="Made-up numbers.")
    return mark_safe(drawn)  # noqa: S308  the chart module escapes every text


def ties() -> SafeString:
    drawn = tie_bar(45, 20, 35, id_prefix="style-ties", title="A tie bar", description="Made-up numbers.")
    return mark_safe(drawn)  # noqa: S308  as above
