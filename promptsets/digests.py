"""Digests that say whether two prompts, or two versions of a set, are the same."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any


def text_digest(turns: Sequence[str]) -> str:
    """SHA-256 of a prompt's verbatim user turns, in lower-case hexadecimal.

    The bytes are one netstring for each turn, in order: the length of its UTF-8 form in decimal digits, a
    colon, the UTF-8 form, a comma. So no text, whatever it holds, reads as two turns, and it is easily computed:
    `text_digest(["hello"])` is `printf '5:hello,' | sha256sum`. Nothing is stripped, nothing is normalised.

    Raises: UnicodeEncodeError for a lone surrogate, which is no text.
    """
    if isinstance(turns, str):
        raise TypeError("text_digest takes a list of turns, not one text: a text would digest as its letters")
    digest = hashlib.sha256()
    for turn in turns:
        verbatim = turn.encode("utf-8")
        digest.update(b"%d:%s," % (len(verbatim), verbatim))
    return digest.hexdigest()


def content_digest(texts: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over pairs of key and text digest, a line `key text_sha256` each, sorted."""
    return _lines_digest(f"{key} {text_sha256}" for key, text_sha256 in texts)


def metadata_digest(metadata: Iterable[tuple[str, dict[str, Any]]]) -> str:
    """SHA-256 over pairs of key and all that is declared of the prompt but its text, sorted, a line each."""
    return _lines_digest(f"{key} {canonical_json(fields)}" for key, fields in metadata)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces and ASCII escapes: one text for one value, on every machine."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _lines_digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in sorted(lines)).encode("utf-8")).hexdigest()
