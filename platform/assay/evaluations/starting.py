"""Starts an evaluation run: for each new checkpoint that a plan takes, by timetable, or because somebody asked."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from assay.accounts.models import User
from assay.evaluations.models import Evaluation, EvaluationRun, EvaluationStep
from assay.evaluations.planning import next_due
from assay.evaluations.stopping import chunks_of
from generation.chunks import try_again
from generation.models import Checkpoint, Chunk
from promptsets.audit import audited

Name = EvaluationStep.Name


def start_due() -> int:
    """Starts all that is due, and says how many were started."""
    plans = Evaluation.objects.filter(enabled=True).select_related("series")
    return sum(start(plan, checkpoint) is not None for plan in plans for checkpoint in due_for(plan))


def due_for(plan: Evaluation) -> list[Checkpoint]:
    """Checkpoints that the plan takes now, in the order of their steps."""
    version = plan.current
    if version.cadence == version.Cadence.CRON and not _time_has_come(plan, version.cron):
        return []
    return waiting_for(plan)


def waiting_for(plan: Evaluation) -> list[Checkpoint]:
    """Checkpoints that the plan takes, now or when its time comes. A timetable goes back to none it has passed over."""
    version = plan.current
    ours = plan.series.checkpoints.filter(created_at__gte=plan.created_at).exclude(pk=version.baseline_id)
    ours = ours.order_by(F("step").asc(nulls_first=True), "pk")
    new = list(ours.exclude(evaluation_runs__evaluation=plan))
    if version.cadence == version.Cadence.CRON:
        newest = ours.last()
        return [checkpoint for checkpoint in new if checkpoint == newest]
    return [checkpoint for checkpoint in new if version.takes(checkpoint)]


def _time_has_come(plan: Evaluation, cron: str) -> bool:
    """Once for all who ask at the same time: whoever moves the due time on has it."""
    if plan.next_due_at is None or plan.next_due_at > timezone.now():
        return False
    at_its_time = Evaluation.objects.filter(pk=plan.pk, next_due_at=plan.next_due_at)
    return bool(at_its_time.update(next_due_at=next_due(cron)))


def start(plan: Evaluation, checkpoint: Checkpoint, actor: User | None = None) -> EvaluationRun | None:
    """The run that begins; None where there is one for this checkpoint already.

    Raises: ValueError if the checkpoint is the plan's own baseline.
    """
    version = plan.current
    if checkpoint.pk == version.baseline_id:
        raise ValueError(f"{checkpoint} is the baseline of {plan}: it cannot be compared with itself")
    try:
        with transaction.atomic():
            run = EvaluationRun.objects.create(evaluation=plan, version=version, checkpoint=checkpoint)
            EvaluationStep.objects.bulk_create(
                EvaluationStep(run=run, number=number, name=name, **_past(name, checkpoint))
                for number, name in enumerate(Name, start=1)
            )
            # What another run that was cancelled, or a store that was away, left for dead is due anew.
            try_again(chunks_of(run).filter(status=Chunk.Status.DEAD), actor)
            audited.send(EvaluationRun, actor=actor, action="evaluation.started", target=run, detail={})
    except IntegrityError:
        return None  # the constraint has the last word
    _say_where_it_was_found(run)
    return run


def _past(name: str, checkpoint: Checkpoint) -> dict[str, Any]:
    """Detecting and describing lie behind a checkpoint that is registered; the times are those of what was seen."""
    seen = getattr(checkpoint, "sighting", None)
    times: dict[str, tuple[datetime, datetime]] = {
        Name.DETECT: (seen.first_seen_at, seen.ready_at) if seen else (checkpoint.created_at,) * 2,
        Name.DESCRIBE: (seen.ready_at, seen.ended_at) if seen else (checkpoint.created_at,) * 2,
    }
    if name not in times:
        return {}
    started_at, finished_at = times[name]
    tries = seen.attempts if seen and name == Name.DESCRIBE else 1
    done = EvaluationStep.Status.DONE
    return {"status": done, "started_at": started_at, "finished_at": finished_at, "attempts": tries}


def _say_where_it_was_found(run: EvaluationRun) -> None:
    checkpoint = run.checkpoint
    seen = getattr(checkpoint, "sighting", None)
    found = f"{seen.uri}: {seen.files} files, {seen.size:,} bytes" if seen else "registered by hand"
    run.steps.get(name=Name.DETECT).say(found)
    about = checkpoint.description
    parts = [checkpoint.family, about.get("dtype", ""), f"digest {checkpoint.digest[:12]}"]
    if "parameters" in about:
        parts.insert(1, f"{about['parameters']:,} parameters")
    run.steps.get(name=Name.DESCRIBE).say(", ".join(part for part in parts if part))
