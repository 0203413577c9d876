"""`--plot FILE`: the result as a picture, SVG by our own hand or PNG through matplotlib."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.reading import TableError

ID_PREFIX = "plot"


def add_plot_argument(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--plot", type=picture, metavar="FILE.svg|FILE.png", help=f"draw {what}")


def picture(text: str) -> Path:
    """A file name that says which kind of picture is wanted."""
    path = Path(text)
    if path.suffix not in (".svg", ".png"):
        raise argparse.ArgumentTypeError(f"{text!r} ends in neither .svg nor .png")
    return path


def save(path: Path, svg: str) -> None:
    """Writes the picture; TableError where the place or matplotlib is missing."""
    try:
        if path.suffix == ".svg":
            path.write_text(svg + "\n", encoding="utf-8")
            return
        from analysis.commands.png import write_png

        write_png(svg, path)
    except ImportError as error:
        raise TableError(f"{path}: PNG needs matplotlib: pip install matplotlib, or ask for .svg") from error
    except OSError as error:
        raise TableError(f"{path}: cannot be written: {error.strerror or error}") from error
