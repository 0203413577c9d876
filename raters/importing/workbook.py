"""Reads the cells of a workbook's only sheet (XLSX), formulas as formulas: strictly, since anybody may have made it.

A reader of our own, for the reasons in docs/decisions/0011: others hide that a spreadsheet took a text for a formula,
or fill any gap between two rows with empty ones, however wide it is.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from promptsets.formats.problems import BadRow, printable, shown

TEXT, NUMBER, FORMULA, ERROR, TRUTH = "text", "number", "formula", "error", "truth"
KINDS = {"s": TEXT, "inlineStr": TEXT, "str": TEXT, "d": TEXT, "n": NUMBER, "e": ERROR, "b": TRUTH}
MOST_PARTS, MOST_CELLS = 1000, 1_000_000
MOST_BYTES = 64 * 1024 * 1024  # of all parts together, unpacked
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
PLACE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # as the format writes what XML cannot hold
BOOK = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, and as what: a text, or what a spreadsheet made of one. A formula is its own text."""

    text: str
    kind: str = TEXT


@dataclass
class SheetCells:
    """A sheet's name and its cells that hold anything, by row and column's letters; rows may hold none."""

    title: str
    rows: dict[int, dict[str, Cell]] = field(default_factory=dict)


def cells_of(content: bytes) -> SheetCells:
    """Raises: BadRow if it is no sound workbook with one sheet, or larger than fits."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _sheet(archive)
    except BadRow:
        raise
    except (*DAMAGED, LookupError) as error:
        raise BadRow(("", f"is no workbook that can be read: {printable(str(error))[:200]}")) from error


def _sheet(archive: zipfile.ZipFile) -> SheetCells:
    _check_size(archive)
    sheets: list[tuple[str, str]] = []

    def named(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            by_end = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
            sheets.append((by_end.get("name", ""), by_end.get("id", "")))

    _parse(_part(archive, BOOK), named)
    if len(sheets) != 1:
        told = ", ".join(shown(title) for title, _ in sheets[:5])
        raise BadRow(
            ("", f"holds {len(sheets)} sheets ({told}): keep the one that holds the judgments alone")
        )
    title, key = sheets[0]
    targets = _targets(archive)
    strings = _strings(archive, targets.get("sharedStrings", ""))
    reader = _Cells(SheetCells(title), strings)
    _parse(_part(archive, targets.get(key, "")), reader.start, reader.end, reader.text)
    return reader.sheet


def _check_size(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        told = (
            f"unpacks to more than {MOST_BYTES // 1024**2} MB or {MOST_PARTS:,} parts: save the sheet as CSV"
        )
        raise BadRow(("", told))
    if any(part.compress_type not in PLAIN or part.flag_bits & 1 for part in parts):
        raise BadRow(("", "is encrypted, or packed as no spreadsheet does: save it anew, without a password"))


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        raise BadRow(("", f"is no workbook: it lacks its part {shown(name or 'of the sheet')}"))
    return archive.read(name)  # no more than its entry says, which was counted


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where the workbook's parts lie, by their keys, and the shared texts by what they are."""
    found: dict[str, str] = {}

    def related(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = target
            if attributes.get("Type", "").endswith("/sharedStrings"):
                found["sharedStrings"] = target

    _parse(_part(archive, "xl/_rels/workbook.xml.rels"), related)
    return found


def _strings(archive: zipfile.ZipFile, name: str) -> list[str]:
    found: list[list[str]] = []
    into: list[list[str]] = []  # where the text goes that comes next: nowhere, for how a text is read aloud

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            found.append([])
        into.append(found[-1] if tag == "t" and found else [])
        if tag == "rPh":
            found.append([])

    def end(tag: str) -> None:
        into.pop()
        if tag == "rPh":
            found.pop()

    if name:
        _parse(_part(archive, name), start, end, lambda text: into[-1].append(text))
    return [_plain("".join(pieces)) for pieces in found]


class _Cells:
    """Takes a sheet's cells in as its tags come by."""

    def __init__(self, sheet: SheetCells, strings: list[str]) -> None:
        self.sheet, self.strings, self.count = sheet, strings, 0
        self.place, self.type = "", ""
        self.value: list[str] = []
        self.formula: list[str] | None = None
        self.into: list[str] | None = None
        self.aloud = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row" and PLACE.fullmatch("A" + (number := attributes.get("r", ""))):
            self.sheet.rows.setdefault(int(number), {})
        elif tag == "c":
            self.place, self.type = attributes.get("r", ""), attributes.get("t", "n")
            self.value, self.formula = [], None
        elif tag == "f":
            self.formula = self.into = []
        elif tag in ("v", "t") and not self.aloud:
            self.into = self.value
        self.aloud = self.aloud or tag == "rPh"

    def text(self, text: str) -> None:
        if self.into is not None:
            self.into.append(text)

    def end(self, tag: str) -> None:
        if tag in ("v", "t", "f"):
            self.into = None
        elif tag == "rPh":
            self.aloud = False
        elif tag == "c" and (self.value or self.formula is not None):
            self._keep()

    def _keep(self) -> None:
        self.count += 1
        found = PLACE.fullmatch(self.place)
        kind = KINDS.get(self.type)
        if self.count > MOST_CELLS:
            raise BadRow(("", f"holds more than {MOST_CELLS:,} cells: split it"))
        if not found or kind is None:
            raise BadRow(
                ("", f"holds a cell {shown(self.place)} of type {shown(self.type)}, which no sheet has")
            )
        row = self.sheet.rows.setdefault(int(found[2]), {})
        if found[1] in row:
            raise BadRow(("", f"holds the cell {self.place} twice"))
        row[found[1]] = self._cell(kind)

    def _cell(self, kind: str) -> Cell:
        if self.formula is not None:
            return Cell("".join(self.formula), FORMULA)
        text = "".join(self.value)
        if self.type != "s":
            return Cell(_plain(text), kind)
        if not re.fullmatch("[0-9]{1,7}", text, re.ASCII) or int(text) >= len(self.strings):
            raise BadRow(("", f"has no text {shown(text)} for its cell {self.place}"))
        return Cell(self.strings[int(text)], kind)


def _plain(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _parse(
    xml: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = lambda tag: None,
    text: Callable[[str], None] = lambda text: None,
) -> None:
    """Calls back with each tag's own name. A document type is refused, and with it all entities."""

    def refused(*_: object) -> None:
        raise BadRow(
            ("", "holds a document type, which no spreadsheet writes: its entities are not followed")
        )

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refused
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise BadRow(("", f"holds a part that is no XML: {error}")) from error
