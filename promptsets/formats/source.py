"""A file of prompts as bytes: read whole, within limits, decoded strictly (but for Parquet, which is no text)."""

import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

from promptsets.formats.problems import Problem, PromptFileError

LARGEST_FILE = 64 * 1024 * 1024  # bytes, after decompression
GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
ZIP_MAGIC = b"PK\x03\x04"
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Source:
    """A file's verbatim text, and what identifies the file: size and SHA-256 of its bytes as they lie on disk.

    A Parquet file has no text: its bytes are in `parquet`; nor has a workbook, whose bytes are in `workbook`.
    """

    name: str
    text: str
    size_bytes: int
    sha256: str
    had_byte_order_mark: bool = False
    parquet: bytes = b""
    workbook: bytes = b""


def read_source(path: Path) -> Source:
    """Raises: PromptFileError if it cannot be read, or as `source_of`."""
    return source_of(path.name, stored_in(path))


def source_of(name: str, stored: bytes) -> Source:
    """Decodes a file's bytes, gunzipping where the first of them say gzip.

    A byte order mark at the very start belongs to the file, not to a prompt: it is left out and told of.

    Raises: PromptFileError if it is empty, too large (a gzip bomb stops at the limit) or no UTF-8.
    """
    _within_limit(name, stored)
    sha256 = hashlib.sha256(stored).hexdigest()
    if stored.startswith(PARQUET_MAGIC):
        return Source(name, "", len(stored), sha256, parquet=stored)
    text = _decode(name, _gunzip(name, stored) if stored.startswith(GZIP_MAGIC) else stored)
    marked = text.startswith(BYTE_ORDER_MARK)
    return Source(name, text.removeprefix(BYTE_ORDER_MARK), len(stored), sha256, marked)


def stored_in(path: Path) -> bytes:
    """The file's bytes, one more than fit at most. Raises: PromptFileError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _refused(path.name, f"cannot be read: {error.strerror or error}") from error


def workbook_of(name: str, stored: bytes) -> Source:
    """A workbook's bytes as they are, for files that may be one. Raises: PromptFileError if it is too large."""
    _within_limit(name, stored)
    return Source(name, "", len(stored), hashlib.sha256(stored).hexdigest(), workbook=stored)


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
    if content.startswith(ZIP_MAGIC):
        raise _refused(name, "is a ZIP archive, as workbooks are: save its sheet as CSV, in UTF-8")
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
