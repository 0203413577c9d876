"""A version as a file: `prompt/1` JSONL or Parquet, which come in again as the same version; CSV for a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from promptsets.formats import prompt_1
from promptsets.formats.parquet import EXTRA
from promptsets.models import Prompt, PromptSetVersion
from promptsets.taxonomy import SAFETY, STYLES

COLUMNS: tuple[str, ...] = (
    "key",
    "category",
    "subcategory",
    "language",
    "difficulty",
    "hazard",
    "expected",
    "contrast",
)
COLUMNS += ("safe_type", "persona", "rater_note", "text_sha256")
TEXTS = (*COLUMNS[1:4], "hazard", "expected", "contrast_id", *COLUMNS[8:])
ROWS_A_GROUP = 10_000
OURS = {*prompt_1.FIELDS, "extra"}
# A spreadsheet takes a cell that begins like this for a formula, and may run it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def jsonl(version: PromptSetVersion) -> Iterator[bytes]:
    """One line for each prompt, in order."""
    for prompt in version.prompts.order_by("position").iterator():
        line = json.dumps(as_json(prompt, version.prompt_set.kind), ensure_ascii=False)
        yield line.encode() + b"\n"


def as_json(prompt: Prompt, kind: str) -> dict[str, Any]:
    """The prompt in `prompt/1`; what was not declared is left out, but for what a safety prompt must speak of."""
    return {**beyond(prompt), **ours(prompt, kind)}


def beyond(prompt: Prompt) -> dict[str, Any]:
    """What a prompt declares beyond the schema's fields; names that the schema needs itself stand under `extra`."""
    clashing = {
        name: value
        for name, value in prompt.extra.items()
        if name in OURS or (name == "style" and value not in STYLES)
    }
    others = {name: value for name, value in prompt.extra.items() if name not in clashing}
    return others | ({"extra": clashing} if clashing else {})


def ours(prompt: Prompt, kind: str) -> dict[str, Any]:
    declared = {
        "category": prompt.category,
        "subcategory": prompt.subcategory,
        "language": prompt.language,
        "difficulty": prompt.difficulty,
        "hazard": prompt.hazard,
        "expected": prompt.expected,
        "contrast_id": prompt.contrast,
        "safe_type": prompt.safe_type,
        "persona": prompt.persona,
        "rater_note": prompt.rater_note,
        "tags": prompt.tags,
        "text_sha256": prompt.text_sha256,
    }
    open_to_say = ("hazard", "expected") if kind == SAFETY else ()
    return {
        "schema": prompt_1.NAME,
        "id": prompt.key,
        "kind": kind,
        "turns": [{"role": "user", "content": turn} for turn in prompt.turns],
        **{
            name: value
            for name, value in declared.items()
            if value not in (None, "", []) or name in open_to_say
        },
    }


def csv_lines(version: PromptSetVersion) -> Iterator[bytes]:
    """A header, then one record for each prompt; a column for each turn that any prompt has. RFC 4180."""
    prompts = version.prompts.order_by("position")
    turns = max((len(prompt_turns) for prompt_turns in prompts.values_list("turns", flat=True)), default=1)
    yield record(["key", *[f"turn_{n}" for n in range(1, turns + 1)], *COLUMNS[1:]])
    for prompt in prompts.iterator():
        texts = [*prompt.turns, *[""] * (turns - len(prompt.turns))]
        yield record([prompt.key, *texts, *(getattr(prompt, name) for name in COLUMNS[1:])])


def record(cells: list[Any]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([formula_safe("" if cell is None else str(cell)) for cell in cells])
    return line.getvalue().encode()


def formula_safe(cell: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def parquet(version: PromptSetVersion) -> Iterator[bytes]:
    """The rows of `prompt/1`; what a prompt declares beyond its fields is JSON in one column. Needs pyarrow."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    turn = pa.struct([("role", pa.string()), ("content", pa.string())])
    texts = [(name, pa.string()) for name in ("schema", "id", "kind", *TEXTS, EXTRA)]
    columns = [*texts, ("turns", pa.list_(turn)), ("tags", pa.list_(pa.string())), ("difficulty", pa.int8())]
    schema, out = pa.schema(columns), Outbox()
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for rows in batches(version):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            yield out.taken()
    yield out.taken()


def batches(version: PromptSetVersion) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for prompt in version.prompts.order_by("position").iterator():
        declared = ours(prompt, version.prompt_set.kind)
        rows.append(declared | {EXTRA: json.dumps(beyond(prompt), ensure_ascii=False)})
        if len(rows) == ROWS_A_GROUP:
            yield rows
            rows = []
    if rows:
        yield rows


class Outbox(io.RawIOBase):
    """What a writer wrote since it was last taken; a file as large as the set never lies in memory."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def write(self, piece: Any) -> int:
        self.pieces.append(bytes(piece))
        self.position += len(self.pieces[-1])
        return len(self.pieces[-1])

    def taken(self) -> bytes:
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


TYPES = {
    "jsonl": "application/jsonl; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
WRITERS = {"jsonl": jsonl, "csv": csv_lines, "parquet": parquet}
