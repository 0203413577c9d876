"""Our SVG drawn by matplotlib: only the few elements that our charts are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
HATCHES = {"tie": "////", "baseline": ".."}
ANCHORS = {"middle": "center", "end": "right"}
POINTS_PER_UNIT = 0.72
DPI = 200


def write_png(svg: str, path: Path) -> None:
    """Draws a chart of charts.py or timeline.py.  Raises: ImportError without matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    root = ElementTree.fromstring(svg)  # noqa: S314  (our own charts, escaped by svg.py)
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    figure = Figure(figsize=(width / 100, height / 100), dpi=DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    for element in _shapes(root):
        draw = DRAWINGS[element.tag.removeprefix(SVG)]
        draw(axes, element.attrib, element.text or "")
    figure.savefig(path, metadata={"Software": None})


def _shapes(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """What is to be drawn, in order; a pattern's own content is not."""
    for element in parent:
        name = element.tag.removeprefix(SVG)
        if name == "g":
            yield from _shapes(element)
        elif name in DRAWINGS:
            yield element


def _line(axes: Any, of: dict[str, str], _: str) -> None:
    dashed = "--" if "stroke-dasharray" in of else "-"
    ends = [float(of[name]) for name in ("x1", "x2", "y1", "y2")]
    axes.plot(ends[:2], ends[2:], dashed, color="black", alpha=_opacity(of), linewidth=_width(of))


def _circle(axes: Any, of: dict[str, str], _: str) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((float(of["cx"]), float(of["cy"])), float(of["r"]), color="black"))


def _rect(axes: Any, of: dict[str, str], _: str) -> None:
    from matplotlib.patches import Rectangle

    corner, size = (float(of["x"]), float(of["y"])), (float(of["width"]), float(of["height"]))
    pattern = re.search(r"-(tie|baseline)\)$", of["fill"])
    hatch = HATCHES[pattern[1]] if pattern else None
    axes.add_patch(
        Rectangle(corner, *size, facecolor="none" if hatch else "black", edgecolor="black", hatch=hatch)
    )


def _polyline(axes: Any, of: dict[str, str], _: str) -> None:
    xs, ys = zip(*_points(of), strict=True)
    axes.plot(xs, ys, color="black", linewidth=_width(of))


def _polygon(axes: Any, of: dict[str, str], _: str) -> None:
    xs, ys = zip(*_points(of), strict=True)
    axes.fill(xs, ys, color="black", alpha=float(of.get("fill-opacity", 1)), linewidth=0)


def _text(axes: Any, of: dict[str, str], content: str) -> None:
    side = ANCHORS.get(of.get("text-anchor", ""), "left")
    place = (float(of["x"]), float(of["y"]))
    axes.text(*place, content, fontsize=13 * POINTS_PER_UNIT, ha=side, va="baseline", parse_math=False)


DRAWINGS = {
    "line": _line,
    "circle": _circle,
    "rect": _rect,
    "polyline": _polyline,
    "polygon": _polygon,
    "text": _text,
}


def _points(of: dict[str, str]) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for pair in of["points"].split())
    return [(float(x), float(y)) for x, y in pairs]


def _opacity(of: dict[str, str]) -> float:
    return float(of.get("stroke-opacity", 1))


def _width(of: dict[str, str]) -> float:
    return float(of.get("stroke-width", 1)) * POINTS_PER_UNIT
