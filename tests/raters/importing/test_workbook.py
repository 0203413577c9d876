"""A workbook may be anybody's: it is read within bounds, or refused in one message."""

import io
import zipfile

import pytest

from promptsets.formats.problems import BadRow
from raters.importing import workbook as reader
from raters.importing.workbook import FORMULA, TRUTH, Cell, cells_of
from tests.raters.importing.sheets import MAIN, Formula, judged, workbook


def refused(content):
    with pytest.raises(BadRow) as error:
        cells_of(content)
    return str(error.value)


def sheet(inner, **parts):
    return workbook(
        [], sheet1=f'<worksheet xmlns="{MAIN}"><sheetData>{inner}</sheetData></worksheet>', **parts
    )


def test_texts_are_verbatim_and_formulas_are_formulas():
    texts = {"prompt": " a\n<b>&\u2028 =1", "completion_a": Formula("1+1", "2"), "completion_b": "=1+1"}
    rows = cells_of(workbook([judged(0, **texts)])).rows
    assert rows[2]["D"] == Cell(" a\n<b>&\u2028 =1")
    assert (rows[2]["G"], rows[2]["H"]) == (Cell("1+1", FORMULA), Cell("=1+1"))
    assert rows[3] == {} == rows[4]


def test_inline_texts_truth_values_and_escapes_are_read():
    inner = (
        '<row r="7"><c r="A7" t="inlineStr"><is><t>a_x000D_b</t></is></c><c r="B7" t="b"><v>1</v></c></row>'
    )
    assert cells_of(sheet(inner)).rows == {7: {"A": Cell("a\rb"), "B": Cell("1", TRUTH)}}


def test_a_formula_that_is_shared_without_its_text_is_one():
    rows = cells_of(sheet('<row r="1"><c r="A1"><f t="shared" si="0"/><v>2</v></c></row>')).rows
    assert rows[1]["A"].kind == FORMULA


def test_a_gap_between_rows_costs_nothing():
    inner = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9999999"><c r="XFD9999999"><v>2</v></c></row>'
    assert len(cells_of(sheet(inner)).rows) == 2


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"sheet1": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}, "holds a document type"),
        ({"sharedStrings": "<!DOCTYPE x><x/>"}, "holds a document type"),
        ({"sheet1": "<worksheet>"}, "holds a part that is no XML"),
        ({"sheet1": '<?xml version="1.0" encoding="nonsense"?><x/>'}, "unknown encoding: nonsense"),
        ({"workbook": "<workbook/>"}, "holds 0 sheets"),
        (
            {"workbook": "<a><sheet name='x'/><sheet name='y'/></a>"},
            "holds 2 sheets ('x', 'y'): keep the one",
        ),
        ({"workbook": "<a><sheet name='x' id='rId9'/></a>"}, "lacks its part 'of the sheet'"),
        (
            {"rels": "<a><Relationship Id='rId4' Target='../../../etc/passwd'/></a>"},
            "lacks its part 'etc/passwd'",
        ),
    ],
)
def test_what_no_spreadsheet_writes_is_refused(parts, told):
    assert told in refused(workbook([judged(0)], **parts))


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        ('<row><c r="1A"><v>1</v></c></row>', "holds a cell '1A' of type 'n'"),
        ("<row><c><v>1</v></c></row>", "holds a cell '' of type 'n'"),
        ('<row><c r="A1" t="zz"><v>1</v></c></row>', "of type 'zz', which no sheet has"),
        ('<row><c r="A1" t="s"><v>99</v></c></row>', "has no text '99' for its cell A1"),
        ('<row><c r="A1" t="s"><v>-1</v></c></row>', "has no text '-1' for its cell A1"),
        ('<row><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row>', "holds the cell A1 twice"),
    ],
)
def test_a_cell_that_cannot_be_is_refused(inner, told):
    assert told in refused(sheet(inner))


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch):
    bomb = workbook([judged(0)], extra="0" * (reader.MOST_BYTES + 1))
    assert len(bomb) < 200_000 and "unpacks to more than 64 MB" in refused(bomb)
    monkeypatch.setattr(reader, "MOST_PARTS", 3)
    assert "3 parts" in refused(workbook([judged(0)]))


def test_more_cells_than_fit_are_refused(monkeypatch):
    monkeypatch.setattr(reader, "MOST_CELLS", 3)
    assert "holds more than 3 cells" in refused(workbook([judged(0)]))


def test_an_archive_that_is_none_or_packed_otherwise_is_refused():
    assert "is no workbook that can be read" in refused(b"PK\x03\x04 and nothing more")
    assert "is no workbook that can be read" in refused(workbook([judged(0)])[:-40])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    assert "is encrypted, or packed as no spreadsheet does" in refused(packed.getvalue())
