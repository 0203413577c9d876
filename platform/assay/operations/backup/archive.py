"""The archive of a backup: a tar whose first member is a manifest with the digest of every other."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FORMAT = "assay-backup-1"
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 16 << 20


class WrongArchive(ValueError):  # noqa: N818  says what the file is not
    """The file is no archive of ours, or not a whole one; the message says what is wrong with it."""


def write(target: Path, about: Mapping[str, Any], files: Mapping[str, Path]) -> dict[str, Any]:
    """Writes the archive whole or not at all, readable by its owner alone; gives its manifest.

    files: by their names in the archive. Raises: FileExistsError if the target is there.
    """
    listed = [
        {"name": name, "bytes": path.stat().st_size, "sha256": digest_of(path)}
        for name, path in files.items()
    ]
    manifest = {"format": FORMAT, **about, "files": listed}
    if target.exists():
        raise FileExistsError(f"{target} is there already.")
    part = target.with_name(f".{target.name}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            with tarfile.open(fileobj=file, mode="w") as tar:
                add_text(tar, MANIFEST, json.dumps(manifest, indent=1))
                for name, path in files.items():
                    tar.add(path, name, recursive=False)
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(text.encode())
    tar.addfile(member, io.BytesIO(text.encode()))


@contextmanager
def unreadable_is_wrong(path: Path) -> Iterator[None]:
    try:
        yield
    except (
        tarfile.TarError,
        EOFError,
        UnicodeDecodeError,
        json.JSONDecodeError,
        KeyError,
        TypeError,
    ) as error:
        raise WrongArchive(f"{path} is no backup of this site's kind, or a damaged one ({error}).") from error


def manifest_of(path: Path) -> dict[str, Any]:
    """Raises: WrongArchive."""
    with unreadable_is_wrong(path), tarfile.open(path, "r:") as tar:
        member = tar.next()
        if member is None or member.name != MANIFEST or member.size > LARGEST_MANIFEST:
            raise WrongArchive(f"{path} does not begin with {MANIFEST}: it is no backup of this site's kind.")
        file = tar.extractfile(member)
        manifest: dict[str, Any] = json.load(file) if file else {}
        if manifest["format"] != FORMAT:
            raise WrongArchive(f"{path} has the format {manifest['format']!r}; this version reads {FORMAT}.")
        if not is_whole(manifest):
            raise WrongArchive(f"{path} is no backup of this site's kind: its manifest is not whole.")
        return manifest


def is_whole(manifest: dict[str, Any]) -> bool:
    """Whether all is there that a restore reads. Raises: KeyError or TypeError where a part is missing altogether."""
    told = (manifest["made_at"], manifest["assay"], manifest["database"]["vendor"], *manifest["migrations"])
    named = [word for entry in manifest["files"] for word in (entry["name"], entry["sha256"])]
    sizes = [entry["bytes"] for entry in manifest["files"]]
    return all(isinstance(text, str) for text in (*told, *named)) and all(isinstance(n, int) for n in sizes)


def unpack(path: Path, folder: Path) -> dict[str, Path]:
    """Puts the files that the manifest lists into an empty folder, each held against its digest.

    Raises: WrongArchive.
    """
    wanted = {entry["name"]: entry for entry in manifest_of(path)["files"]}
    found: dict[str, Path] = {}
    with unreadable_is_wrong(path), tarfile.open(path, "r:") as tar:
        for member in tar:
            if member.name == MANIFEST:
                continue
            if (
                member.name not in wanted
                or not member.isfile()
                or member.size != wanted[member.name]["bytes"]
            ):
                raise WrongArchive(f"{path}: {member.name} is not as the manifest lists it.")
            tar.extract(member, folder, filter="data")
            found[member.name] = folder / member.name
            if digest_of(found[member.name]) != wanted[member.name]["sha256"]:
                raise WrongArchive(
                    f"{path}: {member.name} is damaged; its digest differs from the manifest's."
                )
    if missing := sorted(set(wanted) - set(found)):
        raise WrongArchive(f"{path} was cut off: {', '.join(missing[:5])} is missing.")
    return found


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
