"""Changes the newest run's chunks in a transaction that it never ends: what a worker does that is cut off just then.

DATABASE_URL=… python -m tests.faults.locker ERROR
"""

import os
import signal
import sys
from pathlib import Path


def main(error: str) -> None:
    sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
    import django

    django.setup()
    from django.db import transaction

    from generation.models import GenerationRun

    with transaction.atomic():
        GenerationRun.objects.latest("pk").chunks.update(error=error)
        print("locked", flush=True)
        signal.pause()


if __name__ == "__main__":
    main(sys.argv[1])
