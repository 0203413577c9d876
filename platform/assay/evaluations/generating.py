"""Generating in the command's own process, with a bar, beside whatever workers there are."""

import time
from collections.abc import Sequence

from django.db.models import QuerySet
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from generation.chunks import this_process
from generation.models import Chunk, GenerationRun, RunResponse
from generation.worker import work_off

POLL_S = 0.5


def generate_here(runs: Sequence[GenerationRun]) -> None:
    """Works off the ledger until none of these runs' chunks is open; others may take some of them meanwhile."""
    places = RunResponse.objects.filter(run__in=runs)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Responses", total=places.count(), completed=present(places))
        while Chunk.objects.filter(run__in=runs, status__in=["queued", "leased"]).exists():
            work_off(
                this_process(),
                stop=lambda: False,
                on_progress=lambda: bar.update(task, completed=present(places)),
                until_idle=True,
            )
            time.sleep(POLL_S)
        bar.update(task, completed=present(places))


def present(places: QuerySet[RunResponse]) -> int:
    return places.exclude(response=None).count()
