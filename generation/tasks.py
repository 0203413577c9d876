"""The Celery task that works on a chunk, and what wakes it. The embedded worker does the same work in a loop."""

import os
import socket
from collections.abc import Iterable

from celery import shared_task
from django.conf import settings

from generation.chunks import claim
from generation.working import work_on


@shared_task
def generate_chunk(chunk_id: int) -> None:
    """Generates the chunk if it is due. A doubled or late message finds it taken and does nothing."""
    if held := claim(f"{socket.gethostname()}:{os.getpid()}", chunk_id):
        work_on(held)


def wake(chunk_ids: Iterable[int]) -> None:
    """Tells Celery's workers of chunks, where there is a broker. A lost message is sent again by the sweep."""
    if settings.REDIS_URL:
        for chunk_id in chunk_ids:
            generate_chunk.delay(chunk_id)
