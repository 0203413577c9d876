"""Places where checkpoints lie: folders of this machine, and gs://, s3:// and hf:// through fsspec.

What may be read is the operator's to say: CHECKPOINT_ROOTS for folders, CHECKPOINT_PLACES for the rest.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from generation.folders import lies_within_roots, place_within_roots
from promptsets.digests import canonical_json

MOST_FILES = 20_000
OUTSIDE = "a link out of CHECKPOINT_ROOTS"
MISNAMED = "a name that is no UTF-8"
EXTRAS = {"gs": "gs", "s3": "s3", "hf": "hf"}  # scheme -> the extra that brings its library
STAMPS = ("etag", "ETag", "crc32c", "generation", "blob_id", "mtime", "created", "LastModified")


@dataclass(frozen=True)
class File:
    """A file of an entry, by its path below it; `stamp` changes when its content does."""

    path: str
    size: int
    stamp: str


@dataclass(frozen=True)
class Entry:
    """One thing directly in a place: a folder with all files below it, or a single file."""

    uri: str
    name: str
    is_folder: bool
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def names(self) -> frozenset[str]:
        """The files directly in it."""
        return frozenset(file.path for file in self.files if "/" not in file.path)

    @property
    def fingerprint(self) -> str:
        rows = sorted([file.path, file.size, file.stamp] for file in self.files)
        return hashlib.sha256(canonical_json(rows).encode()).hexdigest()


@dataclass(frozen=True)
class Place:
    """Somewhere that may be read, with what reads it. `root` is the address as its file system writes it."""

    uri: str
    root: str
    files: Any

    @classmethod
    def of(cls, uri: str) -> "Place":
        """Raises: ValueError if it may not be read, is not there, or its scheme's library is not installed."""
        if "://" not in uri:
            folder = place_within_roots(uri)
            return cls(str(folder), str(folder), _filesystem("file"))
        allowed(uri)
        scheme, _, path = uri.rstrip("/").partition("://")
        return cls(uri.rstrip("/"), path, _filesystem(scheme))

    def entries(self) -> list[Entry]:
        """All that lies directly in the place, by name. Raises: ValueError if there is too much of it."""
        found: dict[str, list[File]] = defaultdict(list)
        single: set[str] = set()
        for path, file in self._walk():
            name, _, below = path.partition("/")
            found[name].append(File(below or name, file.size, file.stamp))
            if not below:
                single.add(name)
        return [
            Entry(f"{self.uri}/{name}", name, name not in single, tuple(found[name]))
            for name in sorted(found)
        ]

    def entry(self) -> Entry:
        """The place itself as one entry."""
        files = tuple(File(path, file.size, file.stamp) for path, file in self._walk())
        return Entry(self.uri, PurePosixPath(self.root).name, True, files)

    def read(self, entry: Entry, path: str, most: int) -> bytes:
        """The beginning of one file of an entry, at most so many bytes."""
        return bytes(self.files.cat_file(self._path_of(entry, path), start=0, end=most))

    def fetch(self, path: str, to: str) -> None:
        """Copies one file of the place to this machine."""
        self.files.get_file(f"{self.root}/{path}", to)

    def _path_of(self, entry: Entry, path: str) -> str:
        below = entry.uri[len(self.uri) :].strip("/")
        return "/".join(part for part in (self.root, below, path) if part)

    def _walk(self) -> Iterator[tuple[str, File]]:
        files = self._listed() if "://" in self.uri else _on_this_machine(Path(self.root))
        for number, found in enumerate(files, start=1):
            if number > MOST_FILES:
                raise ValueError(f"{self.uri}: holds more than {MOST_FILES:,} files; watch a folder below")
            yield found

    def _listed(self) -> Iterator[tuple[str, File]]:
        self.files.invalidate_cache()
        try:
            listed = self.files.find(self.root, detail=True)
        except OSError as error:
            raise ValueError(f"{self.uri}: cannot be listed: {error}") from error
        start = self.root.strip("/") + "/"
        for path, about in sorted(listed.items()):
            below = path.lstrip("/").removeprefix(start)
            yield _safe(self.uri, below), File(below, int(about.get("size") or 0), _stamp(about))


def allowed(uri: str) -> None:
    """Raises: ValueError unless the address lies below one of CHECKPOINT_PLACES."""
    parts = uri.partition("://")[2].split("/")
    below = any(
        uri.rstrip("/") == place or uri.startswith(f"{place}/") for place in settings.CHECKPOINT_PLACES
    )
    if not below or ".." in parts or not uri.isprintable():
        known = ", ".join(settings.CHECKPOINT_PLACES) or "which is empty"
        raise ValueError(f"{uri}: lies in none of CHECKPOINT_PLACES ({known})")


def _filesystem(scheme: str) -> Any:
    import fsspec

    try:
        return fsspec.filesystem(scheme, use_listings_cache=False, skip_instance_cache=scheme != "memory")
    except ImportError as error:
        extra = EXTRAS.get(scheme, scheme)
        raise ValueError(f"{scheme}:// needs a library that is not installed: assay[{extra}]") from error


def _on_this_machine(root: Path) -> Iterator[tuple[str, File]]:
    """Linked folders are passed over, so no link leads in circles; linked files are marked if they lead outside."""
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            path = Path(folder, name)
            below = path.relative_to(root).as_posix()
            shown = os.fsencode(below).decode(errors="backslashreplace")
            if shown != below:
                yield shown, File(shown, 0, MISNAMED)  # as it is, no database would keep it
                continue
            try:
                about = path.stat()
            except OSError:
                yield below, File(below, 0, "gone")  # a broken link, or removed meanwhile
                continue
            stamp = str(about.st_mtime_ns) if lies_within_roots(path) else OUTSIDE
            yield below, File(below, about.st_size, stamp)


def _safe(uri: str, path: str) -> str:
    """Raises: ValueError for a path that could leave the folder it is written to."""
    if not path or path.startswith("/") or ".." in path.split("/") or not path.isprintable():
        raise ValueError(f"{uri}: holds a file by the impossible name {path!r}")
    return path


def _stamp(about: dict[str, Any]) -> str:
    return "|".join(str(about[name]) for name in STAMPS if about.get(name) is not None)
