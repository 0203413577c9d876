"""What must happen every few seconds, whoever does it: beat and a light worker, or the embedded worker."""

from celery import shared_task

from assay.reports.asked import write_asked
from assay.reports.refresh import refresh_stale
from raters.assignment import reclaim
from raters.models import Study


def sweep() -> None:
    """Frees what raters left, and writes the reports that newer judgments have made old. Safe to run twice."""
    for study in Study.objects.filter(status=Study.Status.COLLECTING):
        reclaim(study)
    write_asked()
    refresh_stale()


@shared_task(name="assay.evaluations.tasks.sweep")
def sweep_task() -> None:
    from generation.worker import requeue_due

    requeue_due()
    sweep()
