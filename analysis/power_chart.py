"""A small chart of what a study can tell as it grows: half-width and smallest detectable difference over prompts."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.power import Plan
from analysis.svg import document, element, text

WIDTH, HEIGHT = 360.0, 170.0  # small, so that its words stay legible beside a form
LEFT, RIGHT, TOP, LINE = 44.0, 12.0, 28.0, 20.0


def power_curve(plans: Sequence[Plan], chosen: int, *, id_prefix: str, title: str, description: str) -> str:
    """Two lines over the plans, which differ in prompts alone and grow; the one at `chosen` is marked.

    Raises: ValueError for fewer than two plans, or where they do not grow.
    """
    prompts = [plan.prompts for plan in plans]
    if len(plans) < 2 or prompts != sorted(set(prompts)):
        raise ValueError("two plans or more, each with more prompts than the one before")
    top = max(plan.detectable for plan in plans)
    widths = _line(prompts, [plan.half_width for plan in plans], top)
    smallest = _line(prompts, [plan.detectable for plan in plans], top)
    return document(
        WIDTH,
        TOP + HEIGHT + 4 * LINE,
        _scale(prompts, top),
        _drawn(widths, "chart-candidate", None),
        _drawn(smallest, "chart-baseline", "6 4"),
        *(_mark(points[chosen], class_) for points, class_ in _both(widths, smallest)),
        _key(3, "chart-candidate", None, "half-width of the interval"),
        _key(4, "chart-baseline", "6 4", "smallest detectable difference"),
        id_prefix=id_prefix,
        class_="chart chart-power",
        title=title,
        description=description,
    )


Points = list[tuple[float, float]]


def _both(widths: Points, smallest: Points) -> tuple[tuple[Points, str], tuple[Points, str]]:
    return (widths, "chart-candidate"), (smallest, "chart-baseline")


def _line(prompts: Sequence[int], values: Sequence[float], top: float) -> Points:
    return [
        (LEFT + (WIDTH - LEFT - RIGHT) * n / prompts[-1], TOP + HEIGHT * (1 - value / top))
        for n, value in zip(prompts, values, strict=True)
    ]


def _drawn(points: Points, class_: str, dashes: str | None) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element(
        "polyline",
        points=places,
        class_=class_,
        fill="none",
        stroke="currentColor",
        stroke_width=2,
        stroke_dasharray=dashes,
    )


def _mark(point: tuple[float, float], class_: str) -> str:
    return element("circle", cx=point[0], cy=point[1], r=5, class_=class_, fill="currentColor")


def _scale(prompts: Sequence[int], top: float) -> str:
    parts = []
    for share in (0.0, top / 2, top):
        y = TOP + HEIGHT * (1 - share / top)
        grid = {"x1": LEFT, "y1": y, "x2": WIDTH - RIGHT, "y2": y}
        parts.append(element("line", class_="chart-grid", stroke="currentColor", stroke_opacity=0.2, **grid))
        parts.append(text(f"{100 * share:.1f}", LEFT - 8, y + 5, "chart-axis", "end"))
    bottom = TOP + HEIGHT + LINE
    parts.append(text("0", LEFT, bottom, "chart-axis", "middle"))
    parts.append(text("points", 0, TOP - 12, "chart-axis chart-muted"))
    parts.append(text(f"{prompts[-1]} prompts", WIDTH - RIGHT, bottom, "chart-axis", "end"))
    return element("g", *parts)


def _key(line: int, class_: str, dashes: str | None, words: str) -> str:
    y = TOP + HEIGHT + line * LINE - 8
    ends = {"x1": LEFT, "y1": y - 5, "x2": LEFT + 28, "y2": y - 5}
    mark = element(
        "line", class_=class_, stroke="currentColor", stroke_width=2, stroke_dasharray=dashes, **ends
    )
    return element("g", mark, text(words, LEFT + 36, y, "chart-label"))
