"""What must happen every few seconds, whoever does it: beat and a light worker, or the embedded worker."""

from celery import shared_task

from assay.evaluations.noticing import notice_all
from assay.evaluations.ticking import guarded, tick
from assay.reports.asked import write_asked
from assay.reports.boards.keeping import refresh_boards
from assay.reports.kept_quality import keep_quality
from assay.reports.rater_groups import refresh_group_rates
from assay.reports.refresh import refresh_stale
from assay.takeaway.tasks import wake_due
from raters.assignment import reclaim_all
from raters.desk.rendering_ahead import render_ahead
from raters.judges.asking import collect_all
from raters.studies.responses import pair_what_is_there

PARTS = (
    reclaim_all,
    collect_all,
    pair_what_is_there,
    render_ahead,
    tick,
    write_asked,
    refresh_stale,
    refresh_boards,
    refresh_group_rates,
    keep_quality,
    notice_all,
)


def sweep() -> None:
    """Frees what raters left, reads what judges said, lays out drafts, renders responses, takes evaluations on.

    Then it renews reports and tells whom it concerns.
    Safe to run twice. A part that fails is told in the log and keeps no other from its work.
    """
    for part in PARTS:
        guarded(part)


@shared_task(name="assay.evaluations.tasks.sweep")
def sweep_task() -> None:
    from generation.worker import requeue_due

    requeue_due()
    wake_due()
    sweep()


@shared_task(name="assay.evaluations.tasks.refresh_reports")
def refresh_reports_task() -> None:
    """Oftener than the sweep: what was judged shows within seconds."""
    refresh_stale()
