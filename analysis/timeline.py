"""A chart of an interval as a study goes on: the running win rate in its band, prompt by prompt."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.charts import GAP, LINE, SHARES, WIDTH
from analysis.svg import document, element, text

HEIGHT = 280.0
LEFT = 56.0
MOST_POINTS = 400  # more would not show


def timeline(
    means: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    *,
    id_prefix: str,
    title: str,
    description: str,
    stopped_at: int | None = None,
    reference: float = 0.5,
) -> str:
    """Means and ends after 1, 2, ... prompts; a mark where the study may stop.

    Raises: ValueError if there is nothing to show, or the three differ in length.
    """
    if not means or not len(means) == len(lows) == len(highs):
        raise ValueError(f"as many means as ends, 1 or more: {len(means)}, {len(lows)}, {len(highs)}")
    shown = _shown(len(means))
    band = [_point(i, highs[i], len(means)) for i in shown] + [
        _point(i, lows[i], len(means)) for i in reversed(shown)
    ]
    return document(
        WIDTH,
        HEIGHT + 3 * LINE + GAP,
        _scale(reference, len(means)),
        element("polygon", points=" ".join(band), class_="chart-tie", fill="currentColor", fill_opacity=0.15),
        element(
            "polyline",
            points=" ".join(_point(i, means[i], len(means)) for i in shown),
            class_="chart-candidate",
            fill="none",
            stroke="currentColor",
            stroke_width=2,
        ),
        *([] if stopped_at is None else _stop(stopped_at, len(means))),
        id_prefix=id_prefix,
        class_="chart chart-timeline",
        title=title,
        description=description,
    )


def _shown(n: int) -> list[int]:
    """At most MOST_POINTS places, evenly spread, the last among them."""
    step = max(1, -(-n // MOST_POINTS))
    return sorted({*range(0, n, step), n - 1})


def _x(index: int, n: int) -> float:
    return LEFT + (WIDTH - LEFT - GAP) * (index / (n - 1) if n > 1 else 0.5)


def _y(share: float) -> float:
    return GAP + HEIGHT * (1 - share)


def _point(index: int, share: float, n: int) -> str:
    return f"{_x(index, n):.2f},{_y(share):.2f}"


def _scale(reference: float, n: int) -> str:
    def level(share: float, class_: str, **attributes: str | float) -> str:
        ends = {"x1": LEFT, "y1": _y(share), "x2": WIDTH - GAP, "y2": _y(share)}
        return element("line", class_=class_, stroke="currentColor", **ends, **attributes)

    grid = [level(tick, "chart-grid", stroke_opacity=0.2) for tick in SHARES.ticks]
    line = level(reference, "chart-reference", stroke_dasharray="4 3")
    shares = [
        text(SHARES.number.format(tick), LEFT / 2, _y(tick) + 5, "chart-axis", "middle")
        for tick in SHARES.ticks
    ]
    bottom = GAP + HEIGHT + LINE
    first = text("1", _x(0, n), bottom, "chart-axis", "middle")
    last = text(f"{n} prompts", WIDTH - GAP - 40, bottom, "chart-axis", "middle")
    return element("g", *grid, line, *shares, first, last)


def _stop(stopped_at: int, n: int) -> list[str]:
    x = _x(stopped_at - 1, n)
    label = text(
        f"may stop at {stopped_at}",
        min(max(x, 80), WIDTH - 100),
        HEIGHT + GAP + 2 * LINE,
        "chart-label",
        "middle",
    )
    line = element(
        "line", x1=x, y1=GAP, x2=x, y2=GAP + HEIGHT, class_="chart-reference", stroke="currentColor"
    )
    return [line, label]
