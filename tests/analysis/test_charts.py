import re
from xml.etree import ElementTree

import pytest

from analysis.charts import WIDTH, forest_plot, tie_bar
from analysis.forest_rows import ForestRow
from analysis.svg import elided, text_width, wrapped

SVG = "{http://www.w3.org/2000/svg}"
ALL = ForestRow("All prompts", 0.577, 0.528, 0.624, 1200, "new prompts, new raters")
FEW = ForestRow("Safety", None, None, None, 12)
HOSTILE = ForestRow('<script>alert("x")</script> & \x00 ' + "very long " * 20, 0.5, 0.0, 1.0, 20)


def forest(*rows, **options):
    return forest_plot(
        rows, **{"id_prefix": "f", "title": "Win rates", "description": "By category", **options}
    )


def bar(wins, ties, losses, **options):
    return tie_bar(
        wins, ties, losses, **{"id_prefix": "b", "title": "Outcomes", "description": "Shares", **options}
    )


@pytest.fixture(
    params=[forest(ALL, FEW, HOSTILE), bar(571, 243, 386), bar(0, 0, 1)], ids=["forest", "bar", "one"]
)
def chart(request):
    return request.param


def test_a_chart_is_well_formed_named_and_scales(chart):
    root = ElementTree.fromstring(chart)
    ids = {element.get("id"): element for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert [ids[name].tag for name in root.get("aria-labelledby").split()] == [f"{SVG}title", f"{SVG}desc"]
    assert (root.get("width"), root.get("viewBox").split()[:3]) == ("100%", ["0", "0", "720"])


def test_a_chart_has_no_inline_style_script_or_handler(chart):
    root = ElementTree.fromstring(chart)
    assert not {element.tag for element in root.iter()} & {
        f"{SVG}style",
        f"{SVG}script",
        f"{SVG}foreignObject",
    }
    names = {name for element in root.iter() for name in element.keys()}  # noqa: SIM118  (an Element is no dict)
    assert not [name for name in names if name == "style" or name.startswith("on")]


def test_no_text_overflows_the_view_box(chart):
    for text in ElementTree.fromstring(chart).iter(f"{SVG}text"):
        x, width = float(text.get("x")), text_width(text.text)
        start = x - width / 2 if text.get("text-anchor") == "middle" else x
        assert start >= 0
        assert start + width <= WIDTH


def test_a_row_shows_its_figures_and_keeps_the_whole_label_as_its_title():
    root = ElementTree.fromstring(forest(ALL, HOSTILE))
    shown = [text.text for text in root.iter(f"{SVG}text")]
    titles = [title.text for group in root.iter(f"{SVG}g") for title in group.findall(f"{SVG}title")]
    assert "57.7% [52.8, 62.4], n 1200" in shown
    assert titles[0] == "All prompts: 57.7% [52.8, 62.4], n 1200 (new prompts, new raters)"
    assert titles[1].startswith('<script>alert("x")</script> & \ufffd very long very long')


def test_a_dot_stands_where_the_axis_says():
    root = ElementTree.fromstring(forest(ForestRow("Half", 0.5, 0.25, 0.75, 9)))
    reference = next(line for line in root.iter(f"{SVG}line") if line.get("class") == "chart-reference")
    assert next(root.iter(f"{SVG}circle")).get("cx") == reference.get("x1")


def test_a_row_without_an_interval_is_muted_and_says_why():
    root = ElementTree.fromstring(forest(FEW))
    assert not list(root.iter(f"{SVG}circle"))
    assert [text.text for text in root.iter(f"{SVG}text") if "chart-muted" in text.get("class")] == [
        "Safety",
        "12 prompts: too few",
    ]


def test_widths_of_the_bar_are_the_shares():
    root = ElementTree.fromstring(bar(1, 1, 2))
    widths = [float(rect.get("width")) for rect in root.iter(f"{SVG}rect") if rect.get("height") == "36"]
    assert widths == [180, 180, 360]


def test_ties_and_losses_are_told_apart_without_colour():
    root = ElementTree.fromstring(bar(5, 3, 2))
    fills = [rect.get("fill") for rect in root.iter(f"{SVG}rect") if rect.get("height") == "36"]
    assert fills == ["currentColor", "url(#b-tie)", "url(#b-baseline)"]
    assert {pattern.get("id") for pattern in root.iter(f"{SVG}pattern")} == {"b-tie", "b-baseline"}


def test_two_charts_with_two_prefixes_share_no_id():
    ids = re.findall(r' id="([^"]+)"', bar(1, 2, 3) + bar(1, 2, 3, id_prefix="c") + forest(ALL))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "numbers",
    [(0.5, 0.6, 0.7), (0.5, 0.4, 1.1), (0.5, None, 0.6), (None, 0.4, 0.6), (float("nan"), 0.4, 0.6)],
)
def test_a_row_that_is_no_interval_is_refused(numbers):
    with pytest.raises(ValueError, match="0 <= low <= value <= high <= 1"):
        ForestRow("x", *numbers, 3)


@pytest.mark.parametrize("draw", [lambda: forest(), lambda: bar(0, 0, 0), lambda: bar(-1, 1, 1)])
def test_a_chart_of_nothing_is_refused(draw):
    with pytest.raises(ValueError, match=r"at least one row|a sum above 0"):
        draw()


def test_a_prefix_that_is_no_id_is_refused():
    with pytest.raises(ValueError, match="id_prefix"):
        bar(1, 1, 1, id_prefix='x" onload="')


def test_wrapping_keeps_within_the_width_and_elides_the_rest():
    lines = wrapped("instructions with several constraints that never seem to end at all", 100, 2)
    assert len(lines) == 2
    assert "…" in lines[1] and lines[1].endswith("all")
    assert all(text_width(line) <= 100 for line in lines)
    assert elided("short", 100) == "short"
    steps = [elided(f"recurrentgemma-9b-it-step-{step}0000", 120) for step in (11, 12)]
    assert steps[0] != steps[1] and all(step.startswith("recurre") for step in steps)
