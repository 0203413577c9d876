"""The embedded worker's loop over the ledger, which needs no broker, and the sweep that helps one that has."""

import logging
import time
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from generation.asked import register_asked, work_off_one
from generation.chunks import claim
from generation.liveness import beat
from generation.models import Chunk, Registration
from generation.tasks import wake
from generation.working import work_on

logger = logging.getLogger(__name__)
POLL_S = 0.5
QUEUE = "generation"


def work_off(
    owner: str,
    stop: Callable[[], bool],
    on_progress: Callable[[], None] | None = None,
    until_idle: bool = False,
) -> int:
    """Works off due chunks until `stop` says so, or with `until_idle` until none is due; how many were claimed.

    `stop` is asked after each response, `on_progress` called after each. What another worker holds, or what waits
    to be tried again, is not due: whoever needs all of a run looks again. A database that is away for a while ends
    the loop only with `until_idle`; else it is told and tried again.
    """
    claimed = 0
    while not stop():
        beat()
        try:
            held = claim(owner)
            if held:
                claimed += 1
                work_on(held, stop, on_progress or (lambda: None))
            elif not until_idle and work_off_one():
                continue
        except (OperationalError, InterfaceError):
            if until_idle:
                raise
            logger.exception("The database cannot be reached; trying again")
            connection.close()
            held = None
        if held is None:
            if until_idle:
                break
            time.sleep(POLL_S)
    return claimed


def requeue_due() -> int:
    """Tells Celery's workers again of all that is due; how many chunks. Without a broker there is nobody to tell.

    While messages wait, workers have enough to wake up for: sending more would only pile them up.
    """
    if not settings.REDIS_URL or _messages_waiting():
        return 0
    due = list(Chunk.objects.due().values_list("pk", flat=True))
    wake(due)
    for asked in Registration.objects.due():
        register_asked.delay(asked.pk)
    return len(due)


def _messages_waiting() -> int:
    with current_app.connection_for_write() as broker:
        return int(broker.default_channel.queue_declare(queue=QUEUE).message_count)
