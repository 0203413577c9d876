"""The planner's curve: two lines over growing designs, the chosen one marked."""

import re

import pytest

from analysis.power import plan
from analysis.power_chart import power_curve

WORDS = {"id_prefix": "power", "title": "What <it> tells", "description": "A table follows."}


def test_more_prompts_lie_further_right_and_lower():
    drawn = power_curve([plan(n, 3, 10) for n in (50, 100, 200)], 1, **WORDS)
    for points in re.findall(r'<polyline points="([^"]+)"', drawn):
        places = [tuple(map(float, point.split(","))) for point in points.split()]
        assert places == sorted(places) and [y for _, y in places] == sorted(y for _, y in places)


def test_the_chosen_design_is_marked_on_both_lines():
    drawn = power_curve([plan(n, 3, 10) for n in (50, 100, 200)], 1, **WORDS)
    first = re.search(r'<polyline points="([^"]+)"', drawn).group(1).split()
    x, y = re.search(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn).groups()
    assert drawn.count("<circle") == 2
    assert [f"{float(x):.1f}", f"{float(y):.1f}"] == first[1].split(",")


def test_the_unit_stands_above_the_highest_number_and_the_lines():
    drawn = power_curve([plan(n, 3, 10) for n in (50, 100, 200)], 1, **WORDS)
    unit = float(re.search(r'<text x="[\d.]+" y="([\d.]+)"[^>]*>points<', drawn).group(1))
    highest = min(float(y) for y in re.findall(r"[\d.]+,([\d.]+)", drawn))
    assert 12 <= unit <= highest - 10  # a line of text above the numbers, and whole on the drawing


def test_its_words_are_escaped_and_nothing_is_styled_inline():
    drawn = power_curve([plan(n, 3, 10) for n in (50, 100)], 0, **WORDS)
    assert "&lt;it&gt;" in drawn and " style=" not in drawn


@pytest.mark.parametrize("sizes", [(50,), (100, 50), (50, 50)])
def test_designs_that_do_not_grow_are_refused(sizes):
    with pytest.raises(ValueError, match="two plans or more"):
        power_curve([plan(n, 3, 10) for n in sizes], 0, **WORDS)
