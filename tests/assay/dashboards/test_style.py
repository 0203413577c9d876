"""The living style page shows every token there is, with contrasts that are held against WCAG's own examples."""

from pathlib import Path

import pytest
from django.urls import reverse

from assay.dashboards import style
from assay.dashboards.style import colours_in, contrast

STATIC = Path(style.__file__).parents[1] / "static" / "assay"
TEXT = ("text", "muted", "accent", "danger", "ok", "code-keyword", "code-name", "code-string", "code-number")
MARKS = ("border", "candidate", "baseline", "tie")


@pytest.fixture
def colours():
    return {one.name: one for one in colours_in((STATIC / "tokens.css").read_text())}


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # just too weak for text
    assert contrast("#0b5cad", "#0b5cad") == 1


@pytest.mark.parametrize("name", TEXT)
def test_text_is_legible_on_the_ground_of_either_scheme(colours, name):
    assert min(colours[name].contrast_light, colours[name].contrast_dark) >= 4.5


@pytest.mark.parametrize("name", MARKS)
def test_borders_and_marks_stand_out_from_the_ground(colours, name):
    assert min(colours[name].contrast_light, colours[name].contrast_dark) >= 3


def test_the_page_shows_each_colour_with_a_swatch_of_its_own(client, researcher):
    client.force_login(researcher)
    page, css = client.get(reverse("dashboards:style")), (STATIC / "style.css").read_text()
    assert len(page.context["colours"]) > 15 and len(page.context["spaces"]) > 5
    for one in page.context["colours"]:
        assert f"<code>--{one.name}</code>" in page.text
        assert f'.swatch[data-token="{one.name}"]' in css
    for name, _rem in page.context["spaces"]:
        assert f'.space[data-token="{name}"]' in css


def test_a_field_that_is_wrong_says_so_on_it(client, researcher):
    client.force_login(researcher)
    assert "greater than or equal to 1" in client.get(reverse("dashboards:style")).text
