"""Cancels a run, and lets one that stopped go on: with its share of the ledger and its studies."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from assay.accounts.models import User
from assay.evaluations.models import EvaluationRun, EvaluationStep
from generation.chunks import try_again
from generation.models import Checkpoint, Chunk
from promptsets.audit import audited
from raters.models import Study
from raters.studies.phases import take

Status = EvaluationStep.Status
STOPPED = (EvaluationRun.Status.FAILED, EvaluationRun.Status.CANCELLED)


@transaction.atomic
def cancel(run: EvaluationRun, actor: User | None = None) -> None:
    """Ends a run that is not decided: nothing more is generated for it, and raters are asked no more.

    Raises: ValueError if it has ended.
    """
    now = timezone.now()
    running = EvaluationRun.objects.filter(pk=run.pk, status=EvaluationRun.Status.RUNNING)
    by = actor.username if actor else "a command"
    ended = {"status": EvaluationRun.Status.CANCELLED, "finished_at": now, "reason": f"cancelled by {by}"}
    if not running.update(**ended):
        raise ValueError(f"{run} has ended: only one that runs can be cancelled")
    open_steps = run.steps.filter(status__in=[Status.WAITING, Status.RUNNING])
    open_steps.update(status=Status.CANCELLED, lease_until=None, finished_at=now)
    unbegun = chunks_of_no_other(run).filter(status=Chunk.Status.QUEUED)
    unbegun.update(status=Chunk.Status.DEAD, error=f"{run} was cancelled", finished_at=now)
    pause_studies(run, actor)
    audited.send(EvaluationRun, actor=actor, action="evaluation.cancelled", target=run, detail={})


@transaction.atomic
def retry(run: EvaluationRun, actor: User | None = None) -> None:
    """Lets a failed or cancelled run go on where it stopped, with all its tries.

    Raises: ValueError if it is neither.
    """
    again = {"status": EvaluationRun.Status.RUNNING, "reason": "", "finished_at": None}
    if not EvaluationRun.objects.filter(pk=run.pk, status__in=STOPPED).update(**again):
        raise ValueError(f"{run} is {run.status}: only one that failed or was cancelled can be tried again")
    fresh = {"status": Status.WAITING, "attempts": 0, "not_before": timezone.now(), "finished_at": None}
    first = run.steps.exclude(status=Status.DONE).order_by("number").first()
    if first:
        run.steps.filter(number__gte=first.number).update(**fresh)
        first.say("tried again")
    run.deliveries.all().delete()  # they tell of an end that holds no more; the next one is told anew
    try_again(chunks_of(run).filter(status=Chunk.Status.DEAD), actor)
    for study in studies_of(run, Study.Status.PAUSED):
        take(study, "start", actor)
    audited.send(EvaluationRun, actor=actor, action="evaluation.retried", target=run, detail={})


def pause_studies(run: EvaluationRun, actor: User | None = None) -> None:
    """Raters are asked no more for a run that will have no verdict; a retry starts them again."""
    for study in studies_of(run, Study.Status.COLLECTING):
        take(study, "pause", actor)


def studies_of(run: EvaluationRun, status: str) -> QuerySet[Study]:
    return Study.objects.filter(of_evaluation_run__run=run, status=status)


def chunks_of(run: EvaluationRun) -> QuerySet[Chunk]:
    """The ledger's work for both sides of the run's comparisons, and for the language model that judges them."""
    sides = [run.checkpoint, *run.opponents.values()]
    return Chunk.objects.filter(_answers_of(run, sides) | _replies_of_judge(run)).distinct()


def chunks_of_no_other(run: EvaluationRun) -> QuerySet[Chunk]:
    """What of it no other run waits for."""
    alone = _replies_of_judge(run)
    if not run.checkpoint.evaluation_runs.filter(status=EvaluationRun.Status.RUNNING).exists():
        alone |= _answers_of(run, [run.checkpoint])
    return Chunk.objects.filter(alone)


def _answers_of(run: EvaluationRun, checkpoints: Sequence[Checkpoint]) -> Q:
    version = run.version
    return Q(
        run__checkpoint__in=checkpoints,
        run__prompt_set_version__in=version.prompt_sets.all(),
        run__sampling_sha256=version.drawn_by.sha256,
        run__seed=version.seed,
    )


def _replies_of_judge(run: EvaluationRun) -> Q:
    return Q(run__judge_runs__of_run_study__run=run)
