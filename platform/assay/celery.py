"""The Celery application: `celery -A assay.celery worker -Q generation --pool=solo` beside `-Q light`.

Messages carry ids alone and may be lost or doubled: the database's ledger is the truth.
"""

import os
from typing import Any

from celery import Celery, bootsteps

BEAT_EVERY_S = 5
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
app = Celery("assay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class SignOfLife(bootsteps.StartStopStep):
    """Touches the heartbeat file from the worker's own loop, which stands still if the worker hangs."""

    requires = {"celery.worker.components:Timer"}

    def start(self, worker: Any) -> None:
        from generation.liveness import beat  # settings are read by now

        worker.timer.call_repeatedly(BEAT_EVERY_S, beat)


app.steps["worker"].add(SignOfLife)
