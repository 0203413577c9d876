"""Who makes exports: a light Celery worker, woken by a message that carries an id, or the embedded worker's loop."""

from celery import shared_task
from django.conf import settings
from django.db import transaction

from assay.takeaway.making import Stop, claim, expire, work_on
from assay.takeaway.models import Export
from generation.chunks import this_process


@shared_task(name="assay.takeaway.tasks.make_export")
def make_export(export_id: int) -> None:
    """Makes the export if it is due. A doubled or late message finds it taken and does nothing."""
    if held := claim(this_process(), export_id):
        work_on(held)


def wake(export_ids: list[int]) -> None:
    """Tells Celery's workers of exports, where there is a broker, once they are kept: a worker told earlier would find
    none. A lost message is sent again by the sweep.
    """
    if settings.REDIS_URL:
        transaction.on_commit(lambda: tell(export_ids), robust=True)


def tell(export_ids: list[int]) -> None:
    for export_id in export_ids:
        make_export.delay(export_id)


def wake_due() -> None:
    """For the sweep where there is a broker: clears away what has expired, and tells of what is due."""
    expire()
    wake(list(Export.objects.due().values_list("pk", flat=True)))


def work_off(stop: Stop = lambda: False) -> int:
    """For the embedded worker: clears away what has expired and makes all that is due; how many were made."""
    expire()
    made = 0
    while not stop() and (held := claim(this_process(), stop=stop)):
        work_on(held)
        made += 1
    return made
