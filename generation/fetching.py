"""A checkpoint's files on this machine: where they lie, or a copy of what lies elsewhere, made once a content."""

import hashlib
import shutil
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings

from generation.folders import folder_within_roots
from generation.places import Place, allowed

FETCHED = ".fetched"


def check_readable(uri: str) -> None:
    """Raises: ValueError if files may not be read from there. Nothing is fetched."""
    if "://" in uri:
        allowed(uri)
    else:
        folder_within_roots(uri)


def local_folder(uri: str) -> Path:
    """The folder with the checkpoint's files. A copy appears under its name only once it is whole.

    Raises: ValueError if they may not be read, are not there, or are more than CHECKPOINT_MAX_BYTES.
    """
    if "://" not in uri:
        folder = folder_within_roots(uri)
        _check_size(uri, sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()))
        return folder
    place = Place.of(uri)
    entry = place.entry()
    if not entry.files:
        raise ValueError(f"{uri}: there are no files")
    _check_size(uri, entry.size)
    kept = Path(settings.CHECKPOINT_ROOTS[0]) / FETCHED
    key = hashlib.sha256(f"{uri}\0{entry.fingerprint}".encode()).hexdigest()[:32]
    if not (kept / key).is_dir():
        kept.mkdir(parents=True, exist_ok=True)
        _copy(place, [(file.path, file.size) for file in entry.files], kept, kept / key)
    return folder_within_roots(str(kept / key))


def _check_size(uri: str, size: int) -> None:
    most = settings.CHECKPOINT_MAX_BYTES
    if size > most:
        raise ValueError(f"{uri}: {size:,} bytes, more than the {most:,} of CHECKPOINT_MAX_BYTES")


def _copy(place: Place, files: list[tuple[str, int]], kept: Path, target: Path) -> None:
    scratch = Path(mkdtemp(prefix="copy-", dir=kept))
    try:
        for path, size in files:
            to = scratch / path
            to.parent.mkdir(parents=True, exist_ok=True)
            place.fetch(path, str(to))
            if to.stat().st_size != size:
                raise ValueError(f"{place.uri}/{path}: changed while it was copied; it is looked at again")
        if not target.is_dir():  # or another worker was faster
            scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
