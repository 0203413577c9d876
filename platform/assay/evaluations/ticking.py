"""One tick of standing evaluations: look, describe, start what is due, take every run as far as it goes now.

Beat and a light worker call it, or the embedded worker. All that is due stands in the database, so whoever ticks, and
however often, the same things happen once.
"""

import logging
from collections.abc import Callable, Mapping

from assay.evaluations.collecting import collect
from assay.evaluations.concluding import gate, report
from assay.evaluations.making import generate, pair, scan
from assay.evaluations.models import EvaluationRun, EvaluationStep
from assay.evaluations.starting import start_due
from assay.evaluations.stepping import Step, advance
from assay.evaluations.telling import tell
from generation.tasks import describe_or_ask
from generation.watching import look_where_due

logger = logging.getLogger(__name__)
Name = EvaluationStep.Name
STEPS: dict[str, Step] = {
    Name.GENERATE: generate,
    Name.SCAN: scan,
    Name.PAIR: pair,
    Name.COLLECT: collect,
    Name.REPORT: report,
    Name.GATE: gate,
    Name.TELL: tell,
}


def tick() -> None:
    """Safe to run twice, and at the same time. What fails is told in the log and keeps nothing else from going on."""
    for part in (look_where_due, describe_or_ask, start_due, advance_all):
        guarded(part)


def advance_all() -> None:
    for run in EvaluationRun.objects.running():
        guarded(lambda run=run: advance_as_far_as_it_goes(run))  # type: ignore[misc]  # bound at once


def advance_as_far_as_it_goes(run: EvaluationRun, steps: Mapping[str, Step] = STEPS) -> None:
    while advance(run, steps):
        run.refresh_from_db()


def guarded(part: Callable[[], object]) -> None:
    """Does it, and tells in the log if it fails."""
    try:
        part()
    except Exception:
        logger.exception("A part of the sweep failed; it is tried again at the next one")
