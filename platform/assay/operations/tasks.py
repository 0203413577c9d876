"""What Beat asks of a light worker once a day."""

from celery import shared_task

from assay.operations.personal_data.retention import apply_retention


@shared_task(name="assay.operations.tasks.apply_retention")
def apply_retention_task() -> None:
    apply_retention()
