"""What must happen every few seconds, whoever does it: beat and a light worker, or the embedded worker."""

from celery import shared_task

from assay.reports.refresh import refresh_stale
from assay.takeaway.tasks import wake_due
from raters.assignment import reclaim
from raters.models import Study


def sweep() -> None:
    """Frees what raters left, and writes the reports that newer judgments have made old. Safe to run twice."""
    for study in Study.objects.filter(status=Study.Status.COLLECTING):
        reclaim(study)
    refresh_stale()


@shared_task(name="assay.evaluations.tasks.sweep")
def sweep_task() -> None:
    from generation.worker import requeue_due

    requeue_due()
    wake_due()
    sweep()
