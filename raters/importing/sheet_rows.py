"""A sheet as rows under the names of its columns, of a workbook or of CSV, each with the place that messages name."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from promptsets.formats.problems import BadRow, Problem, shown
from promptsets.formats.records import Container, container_of, records
from promptsets.formats.source import Source
from raters.importing.workbook import FORMULA, TEXT, Cell, cells_of

EMPTY = Cell("")
LONGEST_CELL = 32_767  # of a workbook: what was longer was cut
SPOILED = ("#ERROR!", "#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row by its number as the spreadsheet shows it; in CSV by the line on which it begins."""

    number: int
    cells: dict[str, Cell]

    def __getitem__(self, column: str) -> Cell:
        return self.cells.get(column, EMPTY)


@dataclass(frozen=True)
class Sheet:
    """`columns` are those that were asked for and are there, with their letters; `unread` the others."""

    title: str
    columns: dict[str, str]
    unread: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    blank: int

    def problem(self, number: int, column: str, told: str) -> Problem:
        if not self.title:
            return Problem(number, column, told)
        place = f"column {self.columns[column]} ({column})" if column in self.columns else column
        return Problem(None, f"sheet {shown(self.title)}, row {number}, {place}", told)


def sheet_of(source: Source, known: Collection[str], required: Collection[str]) -> Sheet:
    """The rows that hold anything in a known column. Raises: BadRow where the file is none, or lacks a column."""
    title, header, rows = _workbook(source) if source.workbook else _csv(source)
    names = list(header.values())
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise BadRow(("", f"names the column {shown(twice)} twice"))
    if missing := [name for name in required if name not in names]:
        raise BadRow(("", f"lacks the column {', '.join(map(shown, missing))}: they stand in the first row"))
    filled = [
        SheetRow(number, {name: cells[name] for name in cells if name in known}) for number, cells in rows
    ]
    kept = tuple(
        row for row in filled if any(cell.text or cell.kind == FORMULA for cell in row.cells.values())
    )
    letters = {name: letter for letter, name in header.items() if name in known}
    return Sheet(title, letters, tuple(set(names) - set(known)), kept, len(filled) - len(kept))


Rows = tuple[str, dict[str, str], list[tuple[int, dict[str, Cell]]]]


def _workbook(source: Source) -> Rows:
    found = cells_of(source.workbook)
    first = found.rows.pop(1, {})
    if not first or any(cell.kind != TEXT for cell in first.values()):
        raise BadRow(("", "has no row of names: the first row of its sheet names the columns"))
    header = {letter: cell.text for letter, cell in first.items()}
    rows = [
        (number, {header[letter]: cell for letter, cell in cells.items() if letter in header})
        for number, cells in sorted(found.rows.items())
    ]
    return found.title or "1", header, rows


def _csv(source: Source) -> Rows:
    if container_of(source) is not Container.CSV:
        raise BadRow(("", "is neither a workbook (XLSX) nor CSV"))
    rows = list(_records(source))
    header = {str(place): name for place, name in enumerate(rows[0][1] if rows else ())}
    return "", header, rows


def _records(source: Source) -> Iterator[tuple[int, dict[str, Cell]]]:
    for record in records(source):
        if record.fault:
            told = [(field, f"line {record.line} {message}") for field, message in record.fault.faults]
            raise BadRow(*told)
        yield record.line, {name: Cell(text) for name, text in record.fields.items()}


def verbatim(cell: Cell, *, in_workbook: bool) -> str:
    """What is wrong with a cell that should hold a text as it was written; "" where nothing is seen to be."""
    if cell.kind == FORMULA:
        return "is a formula: a spreadsheet took the text for one, and may have rewritten it"
    if cell.kind != TEXT:
        return f"is the {cell.kind} value {shown(cell.text)}: a spreadsheet made it of the text"
    if cell.text in SPOILED:
        return f"is {shown(cell.text)}, which a spreadsheet puts in a text's place"
    if not cell.text:
        return "is empty: whether the text was empty or was lost does not show"
    if in_workbook and len(cell.text) >= LONGEST_CELL:
        return f"has {len(cell.text):,} characters, the most that a cell holds: it was cut"
    return ""
