"""Charts as SVG: a forest plot of intervals (win rates, or coefficients), and a bar of wins, ties and losses.

Classes for the page's CSS: chart, chart-forest, chart-tie-bar, chart-bar, chart-grid, chart-axis (its numbers),
chart-reference, chart-label, chart-number, chart-muted, chart-candidate, chart-tie, chart-baseline. Everything
is drawn in currentColor, so CSS sets `color`: a `fill` would paint over the hatching. The font size must stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.forest_rows import ForestRow, PublishedRow
from analysis.svg import document, element, elided, escaped, text, text_width, wrapped

WIDTH = 720.0
LABELS = 200.0  # the left column
GAP = 16.0
LINE = 18.0


@dataclass(frozen=True)
class Axis:
    """What a chart's width stands for, and where it is marked."""

    ticks: tuple[float, ...]
    number: str

    def place(self, value: float) -> float:
        """0 at the left end, 1 at the right one."""
        return (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])


SHARES = Axis((0.0, 0.25, 0.5, 0.75, 1.0), "{:.0%}")
COEFFICIENTS = Axis((-0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0), "{:.2f}")


def forest_plot(
    rows: Sequence[ForestRow],
    *,
    id_prefix: str,
    title: str,
    description: str,
    reference: float = 0.5,
    axis: Axis = SHARES,
) -> str:
    """Values with whiskers on the axis, a line at `reference`, and the figures beside each.

    `id_prefix` keeps ids unique where several charts share a page.  Raises: ValueError without rows.
    """
    if not rows:
        raise ValueError("a forest plot needs at least one row")
    numbers = max(text_width(row.numbers) for row in rows)
    left, right = LABELS + GAP, WIDTH - numbers - GAP
    drawn, y = [], GAP
    for row in rows:
        height, markup = _forest_row(row, y, left, right, axis)
        drawn.append(markup)
        y += height
    scale = _scale(left, right, y, reference, axis)
    return document(
        WIDTH,
        y + 2 * LINE,
        scale,
        *drawn,
        id_prefix=id_prefix,
        class_="chart chart-forest",
        title=title,
        description=description,
        role="group" if any(row.href for row in rows) else "img",
    )


def tie_bar(
    wins: int,
    ties: int,
    losses: int,
    *,
    id_prefix: str,
    title: str,
    description: str,
    names: tuple[str, str, str] = ("Wins", "Ties", "Losses"),
    hrefs: tuple[str, str, str] = ("", "", ""),
) -> str:
    """Wins, ties and losses as shares of one bar, each with its own hatching, count and share, and where it leads.

    Raises: ValueError if there is nothing to show, or a count is negative.
    """
    counts = (wins, ties, losses)
    total = sum(counts)
    if min(counts) < 0 or total == 0:
        raise ValueError(f"wins, ties and losses are counts with a sum above 0, not {counts}")
    parts, x = [], 0.0
    for index, (kind, name, count, href) in enumerate(zip(KINDS, names, counts, hrefs, strict=True)):
        width, label = WIDTH * count / total, f"{name} {count} ({count / total:.1%})"
        bar = _hatched(kind, id_prefix, x=x, y=0, width=width, height=36) if count else ""
        mark = bar + _key(kind, id_prefix, label, index)
        parts.append(element("a", mark, href=href, aria_label=label) if href else mark)
        x += width
    return document(
        WIDTH,
        70,
        _patterns(id_prefix),
        *parts,
        id_prefix=id_prefix,
        class_="chart chart-tie-bar",
        title=title,
        description=description,
        role="group" if any(hrefs) else "img",
    )


KINDS = ("candidate", "tie", "baseline")


def _forest_row(row: ForestRow, y: float, left: float, right: float, axis: Axis) -> tuple[float, str]:
    """The height of the row and its markup."""
    muted = "" if row.low is not None else " chart-muted"
    labels = [(line, f"chart-label{muted}") for line in wrapped(row.label, LABELS, 2)]
    if row.note:
        labels.append((elided(row.note, LABELS), "chart-muted"))
    height = LINE * max(len(labels), 1) + GAP
    middle = y + height / 2
    first = middle - LINE * (len(labels) - 1) / 2 + 5  # 5: from the middle of a line down to its baseline
    lines = [text(line, 0, first + LINE * i, class_) for i, (line, class_) in enumerate(labels)]
    full = f"{row.label}: {row.numbers}" + (f" ({row.note})" if row.note else "")
    figures = text(row.numbers, right + GAP, middle + 5, f"chart-number{muted}")
    parts = (element("title", escaped(full)), *lines, *_whiskers(row, middle, left, right, axis), figures)
    return height, element("a", *parts, href=row.href, aria_label=full) if row.href else element("g", *parts)


def _whiskers(row: ForestRow, y: float, left: float, right: float, axis: Axis) -> list[str]:
    if row.value is None or row.low is None or row.high is None:
        return []
    places = (min(max(axis.place(x), 0.0), 1.0) for x in (row.low, row.value, row.high))
    low, dot, high = (left + (right - left) * place for place in places)
    ends = [(low, y, high, y), (low, y - 5, low, y + 5), (high, y - 5, high, y + 5)]
    lines = [
        element(
            "line",
            x1=x1,
            y1=y1,
            x2=x2,
            y2=y2,
            class_="chart-candidate",
            stroke="currentColor",
            stroke_width=2,
        )
        for x1, y1, x2, y2 in ends
    ]
    if isinstance(row, PublishedRow):
        diamond = (
            f"M{dot - 6:.1f} {y:.1f} L{dot:.1f} {y - 6:.1f} L{dot + 6:.1f} {y:.1f} L{dot:.1f} {y + 6:.1f} Z"
        )
        return [element("path", d=diamond, class_="chart-baseline", stroke="currentColor", fill="none")]
    return [*lines, element("circle", cx=dot, cy=y, r=5, class_="chart-candidate", fill="currentColor")]


def _scale(left: float, right: float, bottom: float, reference: float, axis: Axis) -> str:
    def vertical(value: float, class_: str, **attributes: str | float) -> str:
        x = left + (right - left) * axis.place(value)
        ends = {"x1": x, "y1": GAP / 2, "x2": x, "y2": bottom}
        return element("line", class_=class_, stroke="currentColor", **ends, **attributes)

    grid = [vertical(tick, "chart-grid", stroke_opacity=0.2) for tick in axis.ticks]
    line = vertical(reference, "chart-reference", stroke_dasharray="4 3")
    numbers = [
        text(
            axis.number.format(tick),
            left + (right - left) * axis.place(tick),
            bottom + LINE,
            "chart-axis",
            "middle",
        )
        for tick in axis.ticks
    ]
    return element("g", *grid, line, *numbers)


def _patterns(id_prefix: str) -> str:
    """Plain for wins, slanted lines for ties, dots for losses: told apart without colour."""
    tile: dict[str, str | float] = {"pattern_units": "userSpaceOnUse", "width": 8, "height": 8}
    slant = element("line", x1=0, y1=0, x2=0, y2=8, stroke="currentColor", stroke_width=3)
    dot = element("circle", cx=4, cy=4, r=1.5, fill="currentColor")
    return element(
        "defs",
        element(
            "pattern",
            slant,
            id_=f"{id_prefix}-tie",
            pattern_transform="rotate(45)",
            class_="chart-tie",
            **tile,
        ),
        element("pattern", dot, id_=f"{id_prefix}-baseline", class_="chart-baseline", **tile),
    )


def _hatched(kind: str, id_prefix: str, **box: float) -> str:
    fill = "currentColor" if kind == "candidate" else f"url(#{id_prefix}-{kind})"
    return element("rect", class_=f"chart-bar chart-{kind}", fill=fill, stroke="currentColor", **box)


def _key(kind: str, id_prefix: str, label: str, index: int) -> str:
    """A swatch and its label, in the third of the width that is its own."""
    third = WIDTH / 3
    swatch = _hatched(kind, id_prefix, x=third * index + 1, y=48, width=14, height=14)
    shown = text(elided(label, third - 22 - GAP), third * index + 22, 60, "chart-label")
    return element("g", element("title", escaped(label)), swatch, shown)
