"""Mappings of columns, remembered for the sources that they were made for."""

from promptsets.digests import text_digest
from promptsets.formats import FORMATS
from promptsets.formats.columns import Columns
from promptsets.formats.records import records
from promptsets.formats.source import Source
from promptsets.models import ColumnMapping


def columns_in(source: Source) -> list[str]:
    """The names of the first record's fields; empty where the file has none that can be read."""
    first = next(records(source), None)
    return sorted(first.fields) if first and all(map(is_text, first.fields)) else []


def is_text(name: str) -> bool:
    """Half a surrogate pair, which JSON can spell, is none: no digest could be made of it."""
    return not any(0xD800 <= ord(letter) <= 0xDFFF for letter in name)


def remembered(source: Source) -> Columns | None:
    """The mapping of the last file with the same columns, unless one of our formats knows it by itself."""
    first, names = next(records(source), None), columns_in(source)
    if first is None or not names or any(known.recognises(first.fields) for known in FORMATS.values()):
        return None
    found = ColumnMapping.objects.filter(columns_sha256=text_digest(names)).first()
    return Columns(found.mapping, found.kind) if found else None


def remember(source: Source, columns: Columns) -> None:
    names = columns_in(source)
    ColumnMapping.objects.update_or_create(
        columns_sha256=text_digest(names),
        defaults={"columns": names, "mapping": columns.of, "kind": columns.kind},
    )
