"""Holds a card against an export: the signature, the digest, and every number made again, without a database."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assay.takeaway.canonical import text_of
from assay.takeaway.card import SCHEMA, card_of
from assay.takeaway.evidence import Evidence
from assay.takeaway.numbers import numbers_of
from assay.takeaway.signing import checked
from promptsets.digests import canonical_json

NOT_COMPARED = {"signature", "versions"}  # by another way, and only told
ABSENT = "(absent)"


@dataclass(frozen=True)
class Difference:
    """One field in which the card does not say what the export gives."""

    field: str
    card: str
    recomputed: str

    def __str__(self) -> str:
        return f"{self.field}: the card says {self.card}, recomputed {self.recomputed}"


@dataclass(frozen=True)
class Verdict:
    """`fields` were compared. `notes` say what could not be, and what else to know."""

    differences: tuple[Difference, ...]
    fields: int
    notes: tuple[str, ...]


def read_card(path: Path) -> dict[str, Any]:
    """Raises: ValueError for what is no card of the schema that we know."""
    try:
        card = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: no card can be read: {error}") from error
    schema = card.get("schema") if isinstance(card, dict) else None
    if schema != SCHEMA:
        raise ValueError(f"{path}: a card of the schema {SCHEMA} is needed, not {schema!r}")
    for part in ("numbers", "evidence"):
        if not isinstance(card.get(part), dict):
            raise ValueError(f"{path}: {part} is an object in every card, not {str(card.get(part))[:40]}")
    return dict(card)


def verify(card: dict[str, Any], evidence: Evidence, public: bytes) -> Verdict:
    """Compares every field of the card. Equal means equal in canonical JSON, digit by digit."""
    expected, notes, broken = expectation(card, evidence)
    ours, theirs = dict(leaves(expected)), dict(leaves(compared_part(card, expected, evidence, broken)))
    differing = [*broken]
    differing += [
        Difference(field, theirs.get(field, ABSENT), ours.get(field, ABSENT))
        for field in sorted({*ours, *theirs})
        if ours.get(field) != theirs.get(field)
    ]
    signature = checked(card, public)
    if not signature.fits:
        differing.insert(0, Difference("signature", "signed", signature.problem))
    return Verdict(tuple(differing), len(ours) + 1, tuple(notes))


def compared_part(
    card: Mapping[str, Any], expected: Mapping[str, Any], evidence: Evidence, broken: list[Difference]
) -> dict[str, Any]:
    """Of the card, what this export speaks of; all of it, where the export is a whole study's."""
    if evidence.study is not None and not broken:
        return {name: part for name, part in card.items() if name not in NOT_COMPARED}
    return {name: {part: card[name].get(part) for part in parts} for name, parts in expected.items()}


def expectation(
    card: Mapping[str, Any], evidence: Evidence
) -> tuple[dict[str, Any], list[str], list[Difference]]:
    """What the card should say by this export, what the export cannot tell, and what is broken in it."""
    try:
        if evidence.study is not None:
            whole = card_of(evidence)
            kept = {name: part for name, part in whole.items() if name not in NOT_COMPARED}
            return kept | {"design": digested(whole["design"])}, version_notes(card, whole), []
        numbers = numbers_of(evidence)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # An export that was tampered with may hold anything: rows that point nowhere, words where numbers should be.
        problem = f"none: the export does not hold together ({type(error).__name__}: {error})"
        digests = {"study": asdict(evidence.whole), "judgments": asdict(evidence.judgments)}
        return {"evidence": digests}, [], [Difference("numbers", "numbers", problem)]
    unknown = sorted(set(card["numbers"]) - set(numbers))
    note = (
        f"This export holds judgments alone. Not recomputed: {', '.join(unknown)}, and all but the numbers; "
        "they need the export of the kind study."
    )
    return {"numbers": numbers, "evidence": {"judgments": asdict(evidence.judgments)}}, [note], []


def digested(design: Mapping[str, Any]) -> dict[str, Any]:
    """The design with the digest made again of what was locked: neither card nor export is taken at its word."""
    if not (design["sha256"] and "locked" in design):  # a draft's has none, and a blinded one is not told
        return dict(design)
    return {**design, "sha256": hashlib.sha256(canonical_json(design["locked"]).encode()).hexdigest()}


def version_notes(card: Mapping[str, Any], whole: Mapping[str, Any]) -> list[str]:
    theirs, ours = card.get("versions"), whole["versions"]
    if theirs == ours or not isinstance(theirs, dict):
        return []
    other = [f"{name} {theirs.get(name)}" for name in ours if theirs.get(name) != ours[name]]
    return [f"The card was made with {', '.join(other)}; here are others."]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value by its path, in canonical JSON; an empty list or object is a value."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for place, part in enumerate(value):
            yield from leaves(part, f"{path}[{place}]")
    else:
        yield path, text_of(value)
