"""A worker with little memory to spare that is handed hostile files, and prints what it says of each.

DATABASE_URL=… CHECKPOINT_ROOTS=… python -m tests.security.bounded checkpoints|files FOLDER
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

SPARE = 2 << 30  # bytes beyond what the libraries have taken


def main(kind: str, folder: Path) -> None:
    sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
    import django

    django.setup()
    offer = offering(kind)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + SPARE, taken + SPARE))
    for one in sorted(folder.iterdir()):
        began = time.monotonic()
        print(json.dumps([one.name, refusal(offer, one), time.monotonic() - began]), flush=True)


def offering(kind: str) -> Callable[[Path], object]:
    import pyarrow.parquet  # noqa: F401  what is loaded before is not counted

    from generation.engine.checkpoints import loading  # noqa: F401
    from generation.registering import register
    from promptsets.importing import import_promptset

    if kind == "files":
        return lambda file: import_promptset(file, slug=f"set-{file.stem}")
    return lambda folder: register(folder.name, str(folder))


def refusal(offer: Callable[[Path], object], path: Path) -> str:
    """What was told; "" where it was taken. Anything but a refusal ends this process."""
    from promptsets.formats.problems import PromptFileError

    try:
        offer(path)
    except (ValueError, PromptFileError) as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
