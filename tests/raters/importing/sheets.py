"""Sheets of judgments of our own making, as XLSX and as CSV, with the quirks that spreadsheets leave in real ones."""

import csv
import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

HEADER = [
    "id",
    "instance_index",
    "instance_id",
    "prompt",
    "model_a",
    "model_b",
    "completion_a",
    "completion_b",
]
HEADER += [
    "completion_a_is_acceptable",
    "completion_b_is_acceptable",
    "preference",
    "instance_quality",
    "comment",
]
HEADER += ["evaluator", "timestamp"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True)
class Formula:
    """What a spreadsheet made of a text that begins with "=", and the value that it shows instead."""

    text: str
    shows: str = "#ERROR!"


def judged(number=0, a="heron", b="plover", preference="a-is-better", evaluator="an", **changes):
    """One row: models a and b over prompt `number`."""
    return {
        "id": 100.0 + number,
        "instance_index": float(number),
        "instance_id": f"task_{number}",
        "prompt": f"Question {number}?\n",
        "model_a": a,
        "model_b": b,
        "completion_a": f"{a} says {number}.",
        "completion_b": f"{b} says {number}.",
        "completion_a_is_acceptable": "yes",
        "completion_b_is_acceptable": "no",
        "preference": preference,
        "evaluator": evaluator,
        "timestamp": 45065.5 + number,
        **changes,
    }


def three_pairs():
    """Two prompts, three candidates against one baseline that stands on either side, three raters, one changed mind."""
    return [
        judged(0, "heron", "plover", "a-is-better", "an"),
        judged(0, "plover", "heron", "tie", "bo"),
        judged(0, "ibis", "plover", "b-is-slightly-better", "an"),
        judged(1, "plover", "stork", "b-is-better", "bo", comment="Clearer."),
        judged(1, "heron", "plover", "tie", "cy", timestamp=45070.5),
        judged(1, "plover", "heron", "a-is-slightly-better", "cy", timestamp=45071.5),
    ]


def csv_of(rows, header=HEADER):
    out = io.StringIO()
    writer = csv.DictWriter(out, header, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def workbook(rows, header=HEADER, blank=2, **parts):
    """An XLSX file; `parts` replace or add whole parts, by names without their folder and ending."""
    strings: list[str] = []
    lines = [line(1, dict(zip(header, header, strict=True)), header, strings)]
    lines += [line(number, row, header, strings) for number, row in enumerate(rows, start=2)]
    lines += [f'<row r="{len(rows) + 2 + n}"><c r="O{len(rows) + 2 + n}" s="2"/></row>' for n in range(blank)]
    texts = "".join(
        f'<si><r><t xml:space="preserve">{escape(text)}</t></r><rPh><t>x</t></rPh></si>' for text in strings
    )
    made = {
        "workbook": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>'
        '<sheet name="sheet" sheetId="1" r:id="rId4"/></sheets></workbook>',
        "sheet1": f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
        "sharedStrings": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "rels": f'<Relationships xmlns="{RELATIONS}">'
        '<Relationship Id="rId4" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId3" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
        **parts,
    }
    places = {"sheet1": "xl/worksheets/sheet1.xml", "rels": "xl/_rels/workbook.xml.rels"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.items():
            entry = zipfile.ZipInfo(places.get(name, f"xl/{name}.xml"), (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return out.getvalue()


def line(number, row, header, strings):
    cells = (cell(f"{chr(65 + place)}{number}", row.get(name), strings) for place, name in enumerate(header))
    return f'<row r="{number}">{"".join(cells)}</row>'


def cell(place, value, strings):
    if value is None:
        return f'<c r="{place}" s="2"/>'
    if isinstance(value, Formula):
        return f'<c r="{place}" t="str"><f>{escape(value.text)}</f><v>{escape(value.shows)}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, float):
        return f'<c r="{place}"><v>{value}</v></c>'
    strings.append(value)
    return f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>'
