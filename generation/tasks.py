"""One chunk's work, and the Celery task that does it. The embedded worker calls the same function."""

import logging
import os
import socket
from collections.abc import Callable, Iterable

from celery import shared_task
from django.conf import settings

from generation.backends import NotNow, backend_for
from generation.chunks import Claim, LeaseLost, claim
from generation.heartbeat import kept_alive
from generation.models import Sighting
from generation.sampling import Sampling

logger = logging.getLogger(__name__)


@shared_task
def generate_chunk(chunk_id: int) -> None:
    """Generates the chunk if it is due. A doubled or late message finds it taken and does nothing."""
    if held := claim(f"{socket.gethostname()}:{os.getpid()}", chunk_id):
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
    for sighting in Sighting.objects.to_describe():
        describe_sighting.delay(sighting.pk)


def wake(chunk_ids: Iterable[int]) -> None:
    """Tells Celery's workers of chunks, where there is a broker. A lost message is sent again by the sweep."""
    if settings.REDIS_URL:
        for chunk_id in chunk_ids:
            generate_chunk.delay(chunk_id)


def work_on(
    held: Claim, stop: Callable[[], bool] = lambda: False, on_progress: Callable[[], None] = lambda: None
) -> None:
    """Generates what the chunk still lacks, storing each response as soon as it is done, and ends the claim.

    A failure is told in the ledger and the log, and the chunk is tried again later or set aside. `stop` is asked
    after each response; if it says so, the chunk is put back with what it has got.
    """
    try:
        _work_on(held, stop, on_progress)
    except LeaseLost as lost:
        logger.warning("%s", lost)


def _work_on(held: Claim, stop: Callable[[], bool], on_progress: Callable[[], None]) -> None:
    try:
        with kept_alive(held):
            is_whole = _generate(held, stop, on_progress)
        if is_whole:
            held.finish()
        else:
            held.release()
    except (KeyboardInterrupt, SystemExit):
        held.release()
        raise
    except LeaseLost:
        raise
    except Exception as error:
        logger.exception("%s failed", held.chunk)
        wait_s = error.wait_s if isinstance(error, NotNow) else 0
        held.fail(f"{type(error).__name__}: {error}", at_least_s=wait_s)


def _generate(held: Claim, stop: Callable[[], bool], on_progress: Callable[[], None]) -> bool:
    """Whether all of the chunk was done."""
    if held.link_known():
        on_progress()
    waiting = {sample.id: (sample, places) for sample, places in held.asked().items()}
    if waiting:
        asked = [sample for sample, _ in waiting.values()]
        sampling = Sampling.from_json(held.run.sampling)
        for reply in backend_for(held.run.checkpoint).replies(asked, sampling, held.run.seed):
            held.store(*waiting.pop(reply.id), reply)
            on_progress()
            if waiting and stop():
                return False
    return True
