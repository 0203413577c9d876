"""A worker whose backend spells instead of generating: the embedded one, or one or the other of Celery's.

DATABASE_URL=… [REDIS_URL=…] python -m tests.faults.worker embedded|generation|light
"""

import os
import sys
from pathlib import Path

SECONDS_A_REPLY = 0.1


def main(kind: str) -> None:
    sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from assay.celery import app
    from generation.backends import BACKENDS
    from tests.generation.spelling import SpellingBackend

    backend = SpellingBackend(SECONDS_A_REPLY)
    BACKENDS["engine"] = lambda checkpoint: backend
    if kind == "embedded":
        call_command("worker")
        return
    arguments = ["worker", "--queues", kind, "--pool", "solo", "--loglevel", "ERROR", "--without-gossip"]
    name = ["--without-mingle", "--hostname", f"{kind}-{os.getpid()}@%h"]
    beat = ["--beat", "--schedule", os.environ["BEAT_FILE"]] if kind == "light" else []
    app.worker_main([*arguments, *name, *beat])


if __name__ == "__main__":
    main(*sys.argv[1:])
