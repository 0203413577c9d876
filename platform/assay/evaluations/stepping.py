"""Takes evaluation runs step by step: each under a lease and a fence, tried again with limits, or put off.

Every step is safe to do twice. A worker that dies leaves its step to the next one; what it had written stays.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assay.evaluations.models import EvaluationRun, EvaluationStep
from assay.evaluations.stopping import pause_studies
from generation.heartbeat import kept_alive
from generation.leasing import kept, wait_s
from generation.log_context import about

logger = logging.getLogger(__name__)
Status = EvaluationStep.Status
FIRST_WAIT_S, LONGEST_WAIT_S = 2, 600
Step = Callable[[EvaluationRun, EvaluationStep], None]


class NotYet(Exception):  # noqa: N818  it is no error: there is something to wait for
    """The step waits for something that others do. `text` is said in its log."""

    def __init__(self, text: str, wait_s: float = 2.0) -> None:
        super().__init__(text)
        self.wait_s = wait_s


class StepFailed(Exception):  # noqa: N818  says what happened
    """The step can never succeed: trying again would change nothing."""


@dataclass(frozen=True)
class Claim:
    """A step that is ours until its lease ends."""

    step: EvaluationStep
    fence: int

    def end(self, status: str, **fields: Any) -> bool:
        """Whether the step was still ours; if not, nothing is changed."""
        held = EvaluationStep.objects.held_under(self.step, self.fence)
        return bool(held.update(status=status, lease_until=None, **fields))


def advance(run: EvaluationRun, steps: Mapping[str, Step]) -> bool:
    """Does the run's next step if it is due; whether it was done, so that the one after it may be."""
    held = _claim(run)
    if held is None:
        return False
    with about(evaluation_run=run.pk, step=held.step.name):
        return _advance(held, run, steps[held.step.name])


def _advance(held: Claim, run: EvaluationRun, do: Step) -> bool:
    step = held.step
    try:
        with kept_alive(step, held.fence):
            do(run, step)
    except NotYet as wait:
        step.say(str(wait))
        again_at = timezone.now() + timedelta(seconds=wait.wait_s)
        held.end(Status.WAITING, not_before=again_at, attempts=F("attempts") - 1)
    except StepFailed as failure:
        _fail(held, str(failure))
    except (KeyboardInterrupt, SystemExit):
        held.end(Status.WAITING, not_before=timezone.now(), attempts=F("attempts") - 1)
        raise
    except Exception as error:
        logger.exception("%s failed", step)
        _try_again_or_fail(held, f"{type(error).__name__}: {error}")
    else:
        return _finish(held)
    return False


def _claim(run: EvaluationRun) -> Claim | None:
    """The first step that is not over, if it is due and nobody holds it."""
    step = run.steps.filter(status__in=[Status.WAITING, Status.RUNNING]).order_by("number").first()
    if step is None:
        return None
    if step.started_at is None:
        EvaluationStep.objects.filter(pk=step.pk, started_at=None).update(started_at=timezone.now())
    fence = EvaluationStep.objects.take(step)
    if fence is None:
        return None
    fell_silent = step.status == Status.RUNNING
    step.refresh_from_db()
    held = Claim(step, fence)
    if fell_silent:
        step.say("the worker that held this step fell silent; taken over")
    if step.attempts > settings.STEP_ATTEMPTS:
        _fail(
            held, f"tried {step.attempts - 1} times; its last worker fell silent ({step.error or 'no error'})"
        )
        return None
    return held


@transaction.atomic
def _finish(held: Claim) -> bool:
    if not held.end(Status.DONE, finished_at=timezone.now(), error=""):
        return False
    run = held.step.run
    if not run.steps.filter(status__in=[Status.WAITING, Status.RUNNING]).exists():
        EvaluationRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=timezone.now())
    return True


def _try_again_or_fail(held: Claim, error: str) -> None:
    told = kept(error)
    if held.step.attempts >= settings.STEP_ATTEMPTS:
        _fail(held, told)
        return
    again_in_s = wait_s(held.step.attempts, FIRST_WAIT_S, LONGEST_WAIT_S)
    held.step.say(f"try {held.step.attempts} failed, again in {again_in_s} s: {told}")
    held.end(Status.WAITING, error=told, not_before=timezone.now() + timedelta(seconds=again_in_s))


@transaction.atomic
def _fail(held: Claim, reason: str) -> None:
    """Ends the run as failed; the one step that is still to come tells of it."""
    now = timezone.now()
    if not held.end(Status.FAILED, error=reason, finished_at=now):
        return
    held.step.say(f"failed: {reason}")
    run, telling = held.step.run, EvaluationStep.Name.TELL
    run.steps.filter(status=Status.WAITING).exclude(name=telling).update(status=Status.CANCELLED)
    undecided = EvaluationRun.objects.filter(pk=run.pk, verdict=None)
    undecided.update(status=EvaluationRun.Status.FAILED, reason=f"{held.step.name}: {reason}")
    pause_studies(run)
    if held.step.name == telling:
        EvaluationRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=now)
