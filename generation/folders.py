"""Where checkpoints may be read from: folders under CHECKPOINT_ROOTS, and nothing that a link leads out of them."""

from pathlib import Path

from django.conf import settings


def folder_within_roots(uri: str) -> Path:
    """The real path of a checkpoint's folder.

    Raises: ValueError if it is no local folder, it or a file in it really lies outside the allowed roots, or something
        in it is neither a file nor a folder, such as a pipe, which would be read for ever.
    """
    folder = place_within_roots(uri)
    for entry in sorted(folder.rglob("*")):
        real = entry.resolve()
        _check_within(real, str(entry))
        if not (real.is_file() or real.is_dir()):
            raise ValueError(f"{entry}: is neither a file nor a folder; remove it")
    return folder


def place_within_roots(uri: str) -> Path:
    """The real path of a folder in which checkpoints may lie; what is in it is not looked at.

    Raises: ValueError if it is no local folder, or really lies outside the allowed roots.
    """
    if "://" in uri or "\0" in uri or not uri.strip():
        raise ValueError(f"{uri!r}: a checkpoint is given as a folder's path on this machine")
    folder = Path(uri).resolve()
    _check_within(folder, uri)
    if not folder.is_dir():
        raise ValueError(f"{uri}: there is no such folder")
    return folder


def lies_within_roots(path: Path) -> bool:
    real = path.resolve()
    return any(real.is_relative_to(Path(root).resolve()) for root in settings.CHECKPOINT_ROOTS)


def _check_within(real: Path, shown: str) -> None:
    if not lies_within_roots(real):
        allowed = ", ".join(str(Path(root).resolve()) for root in settings.CHECKPOINT_ROOTS)
        raise ValueError(f"{shown}: lies outside the folders that CHECKPOINT_ROOTS allows ({allowed})")
