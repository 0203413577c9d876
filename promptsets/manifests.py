"""The manifest that lies beside a set's file: what the file must hold, to the byte.

`manifest.json`, schema `promptset/1`: name, version, files with bytes, rows and SHA-256, the digests of content and
metadata, counts and licences. A file whose manifest says otherwise is refused.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from promptsets.digests import content_digest, metadata_digest, text_digest
from promptsets.formats.problems import Problem, PromptFileError
from promptsets.formats.row import METADATA, PromptRow

NAME, SCHEMA = "manifest.json", "promptset/1"


def manifest_of(
    name: str, version: str, created: str, file: Path, rows: Sequence[PromptRow]
) -> dict[str, Any]:
    """The manifest of a set in one file. `version` is semantic, `created` a date."""
    stored = file.read_bytes()
    return {
        "schema": SCHEMA,
        "name": name,
        "version": version,
        "created": created,
        "files": [
            {
                "path": file.name,
                "bytes": len(stored),
                "rows": len(rows),
                "sha256": hashlib.sha256(stored).hexdigest(),
            }
        ],
        **digests_of(rows),
        "counts": {name: counted(rows, name) for name in ("category", "subcategory", "hazard", "expected")},
        "licences": dict(sorted(Counter(str(row.extra.get("licence", "")) for row in rows).items())),
        "excluded": [],
        "supersedes": None,
    }


def digests_of(rows: Sequence[PromptRow]) -> dict[str, str]:
    return {
        "content_sha256": content_digest((row.key, text_digest(row.turns)) for row in rows),
        "metadata_sha256": metadata_digest((row.key, metadata_of(row)) for row in rows),
    }


def metadata_of(row: PromptRow) -> dict[str, Any]:
    """All that is declared of a prompt but its text."""
    return {name: getattr(row, name) for name in METADATA} | {"tags": list(row.tags)}


def counted(rows: Sequence[PromptRow], field: str) -> dict[str, int]:
    return dict(sorted(Counter(getattr(row, field) for row in rows if getattr(row, field)).items()))


def check_manifest(file: Path, rows: Sequence[PromptRow]) -> None:
    """Holds a file against the manifest in its folder, where there is one that lists it.

    Raises: PromptFileError if they disagree, or the manifest cannot be read.
    """
    beside = file.parent / NAME
    if not beside.is_file():
        return
    try:
        manifest = json.loads(beside.read_text(encoding="utf-8"))
        listed = {entry["path"]: entry for entry in manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise refused(file, f"cannot be checked: {NAME} beside it cannot be read ({error})") from error
    if file.name not in listed or manifest.get("schema") != SCHEMA:
        return
    found = {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "rows": len(rows)}
    stated = {name: listed[file.name].get(name) for name in found}
    if len(listed) == 1:
        found |= digests_of(rows)
        stated |= {name: manifest.get(name) for name in digests_of(rows)}
    for name, value in found.items():
        if stated[name] != value:
            raise refused(
                file, f"is not the file of {NAME} beside it: {name} is {value}, there {stated[name]}"
            )


def refused(file: Path, message: str) -> PromptFileError:
    return PromptFileError(file.name, [Problem(None, "", message)])
