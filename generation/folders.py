"""Where checkpoints may be read from: folders under CHECKPOINT_ROOTS, and nothing that a link leads out of them."""

from pathlib import Path

from django.conf import settings


def folder_within_roots(uri: str) -> Path:
    """The real path of a checkpoint's folder, or of one that holds checkpoints.

    Raises: ValueError if it is no local folder, or it or a file in it really lies outside the allowed roots.
    """
    if "://" in uri or "\0" in uri or not uri.strip():
        raise ValueError(f"{uri!r}: a checkpoint is given as a folder's path on this machine")
    folder = Path(uri).resolve()
    _check_within(folder, uri)
    if not folder.is_dir():
        raise ValueError(f"{uri}: there is no such folder")
    for entry in sorted(folder.rglob("*")):
        _check_within(entry.resolve(), str(entry))
    return folder


def _check_within(real: Path, shown: str) -> None:
    roots = [Path(root).resolve() for root in settings.CHECKPOINT_ROOTS]
    if not any(real.is_relative_to(root) for root in roots):
        allowed = ", ".join(map(str, roots))
        raise ValueError(f"{shown}: lies outside the folders that CHECKPOINT_ROOTS allows ({allowed})")
