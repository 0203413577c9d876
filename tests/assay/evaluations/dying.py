"""A worker that kills itself, as an operating system would, right after the work of one step and before it is noted.

    DATABASE_URL=… python -m tests.assay.evaluations.dying STEP

STEP is a step of an evaluation run, or `look` or `describe`, which come before one.
"""

import os
import signal
import sys
import time
from pathlib import Path

PATIENCE_S = 60


def dies_after(work):
    def dying(*arguments, **options):
        try:
            return work(*arguments, **options)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)

    return dying


def main(step: str) -> None:
    sys.path.insert(1, str(Path(__file__).resolve().parents[3] / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
    import django

    django.setup()
    from assay.evaluations import ticking
    from generation import describing, watching
    from generation.backends import BACKENDS
    from tests.assay.evaluations.conftest import conclude, judge, settle_down
    from tests.assay.evaluations.writing import WritingBackend

    BACKENDS["engine"] = WritingBackend().of
    if step == "look":
        watching.look = dies_after(watching.look)
    elif step == "describe":
        describing.register = dies_after(describing.register)
    else:
        ticking.STEPS[step] = dies_after(ticking.STEPS[step])
    ends_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_at:
        settle_down(ticks=1)
        judge(0.97)
        conclude()
        time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
