"""Tables for people: one title, one header, rows of text, and lines below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from analysis.wording import counted

if TYPE_CHECKING:
    from analysis.record import Record


class HasInterval(Protocol):
    """Anything with a value between two ends."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def print_table(
    title: str, header: Sequence[str], rows: Iterable[Sequence[str]], lines: Iterable[str] = ()
) -> None:
    """Labels of the data are plain text: rich's markup in them is shown, not obeyed."""
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    console = Console(highlight=False)
    table = Table(
        *(Column(name, overflow="fold") for name in header), title=title
    )  # two names may begin alike
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    for line in lines:
        console.print(Text(line))


def percent(of: HasInterval) -> tuple[str, str]:
    """A share and its interval."""
    return f"{of.value:.1%}", f"[{of.low:.1%}, {of.high:.1%}]"


def points(of: HasInterval) -> tuple[str, str]:
    """A difference of shares and its interval, in percentage points."""
    return f"{100 * of.value:+.1f}", f"[{100 * of.low:+.1f}, {100 * of.high:+.1f}]"


def p_text(p: float | None) -> str:
    if p is None:
        return ""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}"


def notes(texts: Iterable[str]) -> list[str]:
    return [f"Note: {text}" for text in texts]


def rests_on(record: Record, method: str, weighting: str) -> str:
    """What stands below every table of numbers: how many there are, what counts once, and how they were had."""
    return (
        f"{counted(record.n, 'judgment')} of {counted(record.prompts, 'prompt')} by "
        f"{counted(record.raters, 'rater')}; {weighting} count once; {method}"
    )
