"""A file of prompts as bytes: read whole, within limits, decoded strictly."""

import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

from promptsets.formats.problems import Problem, PromptFileError

LARGEST_FILE = 64 * 1024 * 1024  # bytes, after decompression
GZIP_MAGIC = b"\x1f\x8b"
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Source:
    """A file's verbatim text, and what identifies the file: size and SHA-256 of its bytes as they lie on disk."""

    name: str
    text: str
    bytes: int
    sha256: str
    had_byte_order_mark: bool


def read_source(path: Path) -> Source:
    """Reads and decodes a file, gunzipping where its first bytes say gzip.

    A byte order mark at the very start belongs to the file, not to a prompt: it is left out and told of.

    Raises: PromptFileError if it cannot be read, is too large (a gzip bomb stops at the limit) or is no UTF-8.
    """
    stored = _read(path)
    text = _decode(path.name, _gunzip(path.name, stored) if stored.startswith(GZIP_MAGIC) else stored)
    return Source(
        name=path.name,
        text=text.removeprefix(BYTE_ORDER_MARK),
        bytes=len(stored),
        sha256=hashlib.sha256(stored).hexdigest(),
        had_byte_order_mark=text.startswith(BYTE_ORDER_MARK),
    )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            stored = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _refused(path.name, f"cannot be read: {error.strerror or error}") from error
    return _within_limit(path.name, stored)


def _gunzip(name: str, stored: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(stored)) as file:
            return _within_limit(name, file.read(LARGEST_FILE + 1))
    except (EOFError, OSError, zlib.error) as error:
        raise _refused(name, f"is a damaged gzip file: {error}") from error


def _within_limit(name: str, content: bytes) -> bytes:
    if len(content) > LARGEST_FILE:
        raise _refused(
            name, f"holds more than {LARGEST_FILE // 1024**2} MB: split it into several prompt sets"
        )
    if not content.strip():
        raise _refused(name, "is empty: it should hold at least one prompt")
    return content


def _decode(name: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(name, "is UTF-16: save it as UTF-8")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = (
            f"byte {column} of the line (0x{content[error.start]:02x}) is not UTF-8: save the file as UTF-8"
        )
        raise PromptFileError(name, [Problem(line, "", message)]) from error


def _refused(name: str, message: str) -> PromptFileError:
    return PromptFileError(name, [Problem(None, "", message)])
