"""Keeps a row ours while its worker is busy with something that may take longer than the lease."""

import contextvars
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection

from generation.leasing import LeasedQuerySet, LeaseLost

logger = logging.getLogger(__name__)
BEATS_IN_A_LEASE = 3


@contextmanager
def kept_alive(row: Any, fence: int) -> Iterator[None]:
    """Extends the row's lease from a thread, three times in each, until the block ends or the row is lost."""
    over = threading.Event()
    here = contextvars.copy_context()  # its lines in the log are about the same row
    name = f"heartbeat-{row._meta.model_name}-{row.pk}"
    thread = threading.Thread(target=here.run, args=(_beat, row, fence, over), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(row: Any, fence: int, over: threading.Event) -> None:
    table: LeasedQuerySet[Any] = type(row).objects.all()
    while not over.wait(table.lease_s / BEATS_IN_A_LEASE):
        try:
            table.keep(row, fence)
        except LeaseLost as lost:
            logger.warning("%s", lost)
            return  # the worker learns of it when it next stores
        except DatabaseError:
            logger.exception("A heartbeat failed; the next may come in time")
        finally:
            connection.close()  # the thread's own; nobody else would
