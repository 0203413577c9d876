"""Stopping a run, and letting what did not get done be tried again."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from generation.chunks import try_again
from generation.models import Chunk, GenerationRun
from generation.tasks import wake
from promptsets.audit import audited

OPEN = (Chunk.Status.QUEUED, Chunk.Status.LEASED)
STOPPED = "stopped"


def steer(run: GenerationRun, act: str, actor: AbstractBaseUser | None = None) -> str:
    """Stops the run or lets it go on, by the names in `STEERS`; what came of it, as the page and the command say it.

    Raises: ValueError if nothing of the run is open, or nothing failed or was stopped.
    """
    n = STEERS[act](run, actor)
    return f"{n} chunks were stopped." if act == "stop" else tried_again(n)


def tried_again(chunks: int) -> str:
    return f"{chunks} chunks are tried again."


@transaction.atomic
def stop(run: GenerationRun, actor: AbstractBaseUser | None = None) -> int:
    """Sets aside all chunks of the run that are not done; how many. What is stored stays.

    The fence moves on, so a worker that is in the middle of one stores nothing more of it.
    Raises: ValueError if nothing of the run is open.
    """
    fields = {"lease_until": None, "finished_at": timezone.now(), "error": STOPPED}
    open_ones = Chunk.objects.filter(run=run, status__in=OPEN)
    stopped = open_ones.update(status=Chunk.Status.DEAD, fence=F("fence") + 1, **fields)
    if not stopped:
        raise ValueError(f"{run} has nothing left to stop")
    audited.send(GenerationRun, actor=actor, action="run.stopped", target=run, detail={"chunks": stopped})
    return stopped


@transaction.atomic
def retry(run: GenerationRun, actor: AbstractBaseUser | None = None) -> int:
    """Puts back all chunks of the run that were stopped or failed for good; how many.

    Raises: ValueError if there is none.
    """
    again = try_again(Chunk.objects.filter(run=run, status=Chunk.Status.DEAD), actor)
    if not again:
        raise ValueError(f"{run} has no chunk that failed or was stopped")
    ids = list(Chunk.objects.filter(run=run, status=Chunk.Status.QUEUED).values_list("pk", flat=True))
    transaction.on_commit(lambda: wake(ids), robust=True)
    return again


STEERS = {"stop": stop, "retry": retry}
