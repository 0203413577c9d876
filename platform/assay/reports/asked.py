"""Reports on request: asked for by the web process, which loads no heavy library, written by a worker."""

import logging

from assay.accounts.models import User
from assay.reports.models import ReportRequest
from assay.reports.refresh import refresh
from raters.models import Study

logger = logging.getLogger(__name__)


def ask(study: Study, actor: User | None = None) -> ReportRequest:
    """Has a worker write a report. Raises: ValueError for a draft, of which there is nothing to say."""
    if study.status == Study.Status.DRAFT:
        raise ValueError(f"{study.slug} is a draft: there are no judgments to report before it is locked")
    return ReportRequest.objects.create(study=study, asked_by=actor)


def write_asked() -> int:
    """Writes the reports that were asked for; how many. Two workers at once write two: the first is the answer."""
    written = 0
    for asked in ReportRequest.objects.open().select_related("study"):
        still_open = ReportRequest.objects.open().filter(pk=asked.pk)
        try:
            written += still_open.update(report=refresh(asked.study))
        except Exception as error:
            logger.exception("No report could be written of %s", asked.study.slug)
            still_open.update(reason=f"{type(error).__name__}: {error}"[:500])
    return written
