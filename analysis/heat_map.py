"""Win rates of every checkpoint against every other as a heat map: shares by tint and hatching, each with its number.

A row that wins is plain and a row that loses is hatched, the more the further from even, so that it reads the same in
grey, in print and in the dark. Classes for the page's CSS are those of charts.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.svg import document, element, elided, escaped, text

LABELS = 208.0
CELL = 52.0
HEIGHT = 36.0
LEAST_WIDTH = 720.0
STRENGTHS = 5  # steps of tint; more are not told apart in grey


@dataclass(frozen=True)
class HeatCell:
    """The row's win rate against the column. `full` is what the cell says to whoever cannot see it."""

    share: float | None
    full: str
    href: str = ""


def heat_map(
    names: Sequence[str],
    cells: Mapping[tuple[int, int], HeatCell],
    *,
    id_prefix: str,
    title: str,
    description: str,
) -> str:
    """A square of cells by (row, column); pairs that never met are empty, the diagonal is crossed out.

    Raises: ValueError with fewer than two names, or a share outside [0, 1].
    """
    if len(names) < 2:
        raise ValueError("a heat map needs two names or more")
    size = range(len(names))
    heads = [text(str(k + 1), _middle(k), HEIGHT - 12, "chart-axis", "middle") for k in size]
    rows = [_label(k, name) for k, name in enumerate(names)]
    drawn = [_cell(row, column, cells.get((row, column)), id_prefix) for row in size for column in size]
    return document(
        max(LEAST_WIDTH, LABELS + CELL * len(names) + 1),
        HEIGHT * (len(names) + 1) + 1,
        _patterns(id_prefix),
        *heads,
        *rows,
        *drawn,
        id_prefix=id_prefix,
        class_="chart chart-heat",
        title=title,
        description=description,
        role="group" if any(cell.href for cell in cells.values()) else "img",
    )


def _middle(column: int) -> float:
    return LABELS + CELL * (column + 0.5)


def _label(row: int, name: str) -> str:
    shown = text(elided(f"{row + 1}  {name}", LABELS - 12), 0, HEIGHT * (row + 1.5) + 5, "chart-label")
    return element("g", element("title", escaped(name)), shown)


def _cell(row: int, column: int, cell: HeatCell | None, id_prefix: str) -> str:
    x, y = LABELS + CELL * column, HEIGHT * (row + 1)
    frame = _rectangle(x, y, fill="none", class_="chart-grid", stroke="currentColor")
    if row == column:
        ends = {"x1": x, "y1": y, "x2": x + CELL, "y2": y + HEIGHT}
        return element("g", frame, element("line", class_="chart-grid", stroke="currentColor", **ends))
    if cell is None or cell.share is None:
        return frame
    number = text(f"{100 * cell.share:.0f}", _middle(column), y + HEIGHT / 2 + 5, "chart-label", "middle")
    parts = (element("title", escaped(cell.full)), *_tint(cell.share, x, y, id_prefix), frame, number)
    if not cell.href:
        return element("g", *parts)
    return element("a", *parts, href=cell.href, aria_label=cell.full)


def _tint(share: float, x: float, y: float, id_prefix: str) -> list[str]:
    """Nothing where it is even; the number stays readable on the strongest, so none is stronger than a third."""
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies in [0, 1], not {share}")
    strength = min(STRENGTHS, round(abs(share - 0.5) * 2 * STRENGTHS))
    if not strength:
        return []
    opacity = 0.35 * strength / STRENGTHS
    if share > 0.5:
        tint = _rectangle(x, y, fill="currentColor", fill_opacity=opacity, class_="chart-candidate")
        return [tint]
    return [
        _rectangle(x, y, fill=f"url(#{id_prefix}-loses)", fill_opacity=2 * opacity, class_="chart-baseline")
    ]


def _rectangle(x: float, y: float, **attributes: str | float) -> str:
    return element("rect", x=x, y=y, width=CELL, height=HEIGHT, **attributes)


def _patterns(id_prefix: str) -> str:
    slant = element("line", x1=0, y1=0, x2=0, y2=7, stroke="currentColor", stroke_width=2)
    pattern = element(
        "pattern",
        slant,
        id_=f"{id_prefix}-loses",
        pattern_units="userSpaceOnUse",
        width=7,
        height=7,
        pattern_transform="rotate(45)",
        class_="chart-baseline",
    )
    return element("defs", pattern)
