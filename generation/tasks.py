"""The Celery task that works on a chunk, and what wakes it. The embedded worker does the same work in a loop."""

from collections.abc import Iterable

from celery import shared_task
from django.conf import settings

from generation.chunks import claim, this_process
from generation.models import Sighting
from generation.working import work_on


@shared_task
def generate_chunk(chunk_id: int) -> None:
    """Generates the most urgent chunk that is due: the message says only that this one was added, as messages queue up
    in the order in which they were sent. A doubled or late one may find nothing left to do.
    """
    if held := claim(this_process()):
        work_on(held)


@shared_task
def describe_sighting(sighting_id: int) -> None:
    """Describes what was found in a watched place, if it is still due."""
    from generation.describing import describe

    describe(sighting_id)


def describe_or_ask() -> None:
    """Has all described that is due: by generation workers where there is a broker, else here."""
    from generation.describing import describe_due

    if not settings.REDIS_URL:
        describe_due()
        return
    for sighting in Sighting.objects.due():
        describe_sighting.delay(sighting.pk)


def wake(chunk_ids: Iterable[int]) -> None:
    """Tells Celery's workers of chunks, where there is a broker. A lost message is sent again by the sweep."""
    if settings.REDIS_URL:
        for chunk_id in chunk_ids:
            generate_chunk.delay(chunk_id)
