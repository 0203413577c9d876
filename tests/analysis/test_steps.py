"""The chart over training steps."""

import xml.etree.ElementTree as ET

import pytest

from analysis.steps import SHAPES, StepPoint, step_chart

SVG = "{http://www.w3.org/2000/svg}"
ABOUT = {"id_prefix": "c1", "title": "Herons", "description": "One mark a checkpoint."}


def point(step: float, value: float = 0.5, **about) -> StepPoint:
    fields = {"name": f"s{step}", "low": value - 0.1, "high": value + 0.1, "href": f"/runs/{step}/"}
    return StepPoint(step=step, value=value, **{"label": f"step {step}: {value:.0%}", **fields, **about})


def drawn(*points: StepPoint, **about) -> ET.Element:
    return ET.fromstring(step_chart(points, **{**ABOUT, **about}))


def test_every_mark_is_a_link_with_its_numbers_as_its_name():
    links = list(drawn(point(100), point(200, 0.6)).iter(f"{SVG}a"))
    assert [link.get("href") for link in links] == ["/runs/100/", "/runs/200/"]
    assert [link.get("aria-label") for link in links] == ["step 100: 50%", "step 200: 60%"]


def test_what_can_be_reached_does_not_lie_in_an_image():
    assert drawn(point(1)).get("role") == "group"


def test_points_stand_at_their_steps_whatever_order_they_come_in():
    line = next(drawn(point(400), point(100), point(200)).iter(f"{SVG}polyline")).get("points").split()
    first, second, third = (float(place.split(",")[0]) for place in line)
    assert (third - first) == pytest.approx(3 * (second - first), abs=0.05)


def test_each_verdict_has_a_shape_of_its_own():
    assert len(set(SHAPES.values())) == len(SHAPES) == 4
    chart = drawn(*(point(n, verdict=verdict) for n, verdict in enumerate(SHAPES)))
    assert len({path.get("d").split("m", 1)[1] for path in chart.iter(f"{SVG}path")}) == 4


def test_a_single_point_is_drawn_and_none_is_refused():
    assert len(list(drawn(point(7)).iter(f"{SVG}a"))) == 1
    with pytest.raises(ValueError, match="at least one point"):
        step_chart([], **ABOUT)


def test_a_rate_has_no_line_at_one_half_unless_it_is_asked_for():
    assert not [
        line for line in drawn(point(1), reference=None).iter() if line.get("class") == "chart-reference"
    ]
    assert [line for line in drawn(point(1)).iter() if line.get("class") == "chart-reference"]


def test_the_limit_of_a_gate_is_a_line_of_its_own_below():
    height = {
        line.get("class"): float(line.get("y1")) for line in drawn(point(1), limit=0.4).iter(f"{SVG}line")
    }
    assert height["chart-reference chart-limit"] == pytest.approx(height["chart-reference"] + 26)


def test_text_from_outside_stays_text():
    svg = step_chart([point(1, label='<script>"', href='/x"onclick="y')], **ABOUT)
    assert "<script>" not in svg and 'onclick="y"' not in svg


def test_an_interval_that_does_not_hold_its_value_is_refused():
    with pytest.raises(ValueError, match="0 <= low <= value <= high <= 1"):
        StepPoint(1, "s", 0.5, 0.6, 0.7, "l", "/")
