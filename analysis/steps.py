"""A chart of a share over training steps: values in the band of their intervals, each mark a link with its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.charts import GAP, LINE, SHARES, WIDTH
from analysis.svg import document, element, escaped, text, text_width

HEIGHT = 260.0
LEFT, RIGHT = 56.0, 24.0
TARGET = 24.0  # a mark is reached within so many units, as a finger needs it


@dataclass(frozen=True)
class StepPoint:
    """One checkpoint's share with its interval. `verdict` chooses the mark's shape; `label` is said of it."""

    step: float
    name: str
    value: float
    low: float
    high: float
    label: str
    href: str
    verdict: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.value <= self.high <= 1:
            raise ValueError(
                f"{self.name}: 0 <= low <= value <= high <= 1, not {self.low, self.value, self.high}"
            )


def step_chart(
    points: Sequence[StepPoint],
    *,
    id_prefix: str,
    title: str,
    description: str,
    reference: float | None = 0.5,
    limit: float | None = None,
) -> str:
    """Points in the order of their steps. Every mark is a link, reached by keyboard, and tells its numbers.

    reference, limit: shares at which a dashed and a dotted line stand: no difference, and the most that is let pass.
    Raises: ValueError if there is nothing to show.
    """
    if not points:
        raise ValueError("a chart of steps needs at least one point")
    ordered = sorted(points, key=lambda point: point.step)
    places = [(_x(point.step, ordered), point) for point in ordered]
    return document(
        WIDTH,
        HEIGHT + 2 * LINE + GAP,
        _scale(reference, limit),
        *_band(places),
        *_names(places),
        *(_mark(x, point) for x, point in places),
        id_prefix=id_prefix,
        class_="chart chart-steps",
        title=title,
        description=description,
        role="group",
    )


def _x(step: float, points: Sequence[StepPoint]) -> float:
    first, last = points[0].step, points[-1].step
    return LEFT + (WIDTH - LEFT - RIGHT) * ((step - first) / (last - first) if last > first else 0.5)


def _y(share: float) -> float:
    return GAP + HEIGHT * (1 - share)


def _scale(reference: float | None, limit: float | None) -> str:
    def level(share: float, class_: str, **attributes: str | float) -> str:
        ends = {"x1": LEFT, "y1": _y(share), "x2": WIDTH - RIGHT, "y2": _y(share)}
        return element("line", class_=class_, stroke="currentColor", **ends, **attributes)

    grid = [level(tick, "chart-grid", stroke_opacity=0.2) for tick in SHARES.ticks]
    line = [] if reference is None else [level(reference, "chart-reference", stroke_dasharray="4 3")]
    if limit is not None:
        line.append(level(limit, "chart-reference chart-limit", stroke_dasharray="1 4", stroke_width=2))
    shares = [
        text(SHARES.number.format(tick), LEFT / 2, _y(tick) + 5, "chart-axis", "middle")
        for tick in SHARES.ticks
    ]
    return element("g", *grid, *line, *shares, aria_hidden="true")


def _band(places: Sequence[tuple[float, StepPoint]]) -> list[str]:
    """The intervals joined to a band, each one's own whiskers, and the values joined by a line."""
    upper = [f"{x:.2f},{_y(point.high):.2f}" for x, point in places]
    lower = [f"{x:.2f},{_y(point.low):.2f}" for x, point in reversed(places)]
    band = element(
        "polygon", points=" ".join(upper + lower), class_="chart-tie", fill="currentColor", fill_opacity=0.15
    )
    line = element(
        "polyline",
        points=" ".join(f"{x:.2f},{_y(point.value):.2f}" for x, point in places),
        class_="chart-candidate",
        fill="none",
        stroke="currentColor",
        stroke_width=2,
    )
    whiskers = [
        element(
            "line",
            x1=x,
            y1=_y(point.low),
            x2=x,
            y2=_y(point.high),
            class_="chart-candidate",
            stroke="currentColor",
            stroke_opacity=0.6,
        )
        for x, point in places
    ]
    return [band, *whiskers, line]


def _names(places: Sequence[tuple[float, StepPoint]]) -> list[str]:
    """Steps below the axis, as many as fit beside each other; the last one always."""
    shown: list[str] = []
    free_from, last = 0.0, places[-1]
    before_last = last[0] - text_width(f"{last[1].step:g}") - GAP
    for x, point in places:
        name = f"{point.step:g}"
        half = text_width(name) / 2
        if (x, point) == last or (x - half >= free_from and x + half <= before_last):
            shown.append(text(name, x, GAP + HEIGHT + LINE, "chart-axis", "middle"))
            free_from = x + half + GAP
    return [element("g", *shown, aria_hidden="true")]


def _mark(x: float, point: StepPoint) -> str:
    y = _y(point.value)
    reach = element("rect", x=x - TARGET / 2, y=y - TARGET / 2, width=TARGET, height=TARGET, fill_opacity=0)
    shape = element(
        "path",
        d=SHAPES.get(point.verdict, CIRCLE).format(x=x, y=y),
        class_=f"chart-mark chart-{point.verdict or 'none'}",
        fill="currentColor",
        stroke="currentColor",
        stroke_width=2,
    )
    name = escaped(point.label)
    return element("a", element("title", name), reach, shape, href=point.href, aria_label=point.label)


CIRCLE = "M{x:.2f} {y:.2f}m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0"
SHAPES = {  # told apart without colour
    "pass": CIRCLE,
    "improvement": "M{x:.2f} {y:.2f}m0 -8l7 13h-14z",
    "fail": "M{x:.2f} {y:.2f}m-6 -6l12 12m0 -12l-12 12",
    "inconclusive": "M{x:.2f} {y:.2f}m0 -7l7 7l-7 7l-7 -7z",
}
