"""Keeps a claim alive while its worker is busy with something that may take longer than the lease."""

import contextvars
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection

from generation.chunks import Claim
from generation.leasing import LeaseLost

logger = logging.getLogger(__name__)
BEATS_IN_A_LEASE = 3


@contextmanager
def kept_alive(claim: Claim) -> Iterator[None]:
    """Extends the lease from a thread, three times in each, until the block ends or the claim is lost."""
    over = threading.Event()
    here = contextvars.copy_context()  # its lines in the log are about the same chunk
    thread = threading.Thread(
        target=here.run, args=(_beat, claim, over), name=f"heartbeat-{claim.chunk.pk}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(claim: Claim, over: threading.Event) -> None:
    while not over.wait(settings.CHUNK_LEASE_S / BEATS_IN_A_LEASE):
        try:
            claim.heartbeat()
        except LeaseLost as lost:
            logger.warning("%s", lost)
            return  # the worker learns of it when it next stores
        except DatabaseError:
            logger.exception("A heartbeat failed; the next may come in time")
        finally:
            connection.close()  # the thread's own; nobody else would
