"""Makes a card: the study goes out into a file, the file is read back, the card is computed from it and signed."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

from assay.takeaway.canonical import canonical
from assay.takeaway.card import card_of
from assay.takeaway.card_page import page_of
from assay.takeaway.evidence import read_evidence
from assay.takeaway.kinds import write_kind
from assay.takeaway.signing import NO_KEY, public_pem, signed
from assay.takeaway.source import Source


def write_card(out: BinaryIO, format_: str, source: Source, step: Callable[[], None]) -> None:
    """The signed card as canonical JSON, or as a page. Raises: ValueError where the site has no key."""
    if public_pem() is None:
        raise ValueError(NO_KEY)
    settings.EXPORT_ROOT.mkdir(parents=True, exist_ok=True)  # what a dead worker leaves there is swept away
    with tempfile.NamedTemporaryFile(dir=settings.EXPORT_ROOT, prefix=".card-", suffix=".jsonl") as file:
        write_kind(cast(BinaryIO, file), "study", "jsonl", source, step)
        file.flush()
        evidence = read_evidence(Path(file.name))
    step()
    card = signed(card_of(evidence))
    out.write(page_of(card).encode() if format_ == "html" else canonical(card) + b"\n")
