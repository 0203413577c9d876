"""The demo's standing evaluation: a training run of ours writes checkpoints into a folder that a series watches.

Each is found, described and led to its verdict by the tick that every worker makes. The third is made worse on purpose.
Simulated raters judge, by what is written: they show how verdicts and the timeline look, and nothing else.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from assay.evaluations.demo.reading import judge_by_reading
from assay.evaluations.models import Evaluation, EvaluationRun, EvaluationVersion
from assay.evaluations.planning import make_plan
from assay.evaluations.ticking import tick
from generation.chunks import this_process
from generation.importing import import_source
from generation.models import Checkpoint, Sighting
from generation.sampling import Sampling
from generation.series import watch
from generation.training.lessons import lessons
from generation.worker import work_off
from promptsets.formats.source import source_of
from promptsets.models import PromptSetVersion
from raters.models import Study

SERIES, PLAN, BASELINE = "demo-training", "demo-every-checkpoint", "echo"
TRAINER = "generation.training.appearing"
CHECKPOINTS, MARGIN = 4, 0.15
SAMPLING = Sampling(max_new_tokens=48)  # a few words tell who recites, and the demo is not to take long
LOOK_EVERY_S = 0.2


def plan_for(prompts: PromptSetVersion) -> Evaluation:
    """The plan over the starter prompts and the series that watches the folder, as an earlier demo made them."""
    if found := Evaluation.objects.filter(slug=PLAN).first():
        return found
    folder().mkdir(parents=True, exist_ok=True)
    series = watch(SERIES, str(folder()), title="Demo: a training run", every_s=1)
    terms = EvaluationVersion(
        baseline=echo(prompts),
        sampling=SAMPLING.to_json(),
        decided_by=EvaluationVersion.DecidedBy.PREVIOUS,
        gate_margin=MARGIN,
    )
    return make_plan(PLAN, series, terms, [prompts], title="Demo: every checkpoint")


def told(plan: Evaluation) -> str:
    """What is about to happen, and what is smaller here than it would be in earnest."""
    return (
        f"A training run of a minute writes {CHECKPOINTS} checkpoints into {plan.series.watch_uri}, the third made "
        f"worse on purpose. Each answers the prompts in {SAMPLING.max_new_tokens} tokens at most, and the gate has a "
        f"margin of {100 * MARGIN:.0f} points: with 40 prompts no smaller one could be told from chance."
    )


def folder() -> Path:
    root: Path = settings.CHECKPOINT_ROOTS[0]
    return root / SERIES


def echo(prompts: PromptSetVersion) -> Checkpoint:
    """The baseline: whoever says everything back. Its responses are imported, so it costs nothing to generate."""
    rows = [
        {"schema": "response/1", "prompt_id": one.prompt_id, "turns": one.turns} for one in lessons("plain")
    ]
    stored = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return import_source(source_of("echo.jsonl", stored), prompts, BASELINE).run.checkpoint


@contextmanager
def training(plan: Evaluation) -> Iterator[subprocess.Popen[bytes] | None]:
    """The training run, in a process of its own, ended with the block; none where its checkpoints are known already."""
    if plan.series.checkpoints.count() >= CHECKPOINTS:
        yield None
        return
    command = [sys.executable, "-m", TRAINER, "--out", plan.series.watch_uri]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR)  # noqa: S603  our own
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def verdicts(plan: Evaluation, trainer: "subprocess.Popen[bytes] | None") -> Iterator[EvaluationRun]:
    """Each run of the plan as soon as it has ended, until all checkpoints have theirs.

    Raises: RuntimeError if the training breaks off, or if what it wrote is refused.
    """
    told: set[int] = set()
    while len(told) < CHECKPOINTS:
        take_a_turn(plan)
        for run in ended(plan).exclude(pk__in=told):
            told.add(run.pk)
            yield run
        if trainer and trainer.poll():
            raise RuntimeError(f"the training run ended with exit code {trainer.returncode}; see above")
        if refused := plan.series.sightings.filter(status=Sighting.Status.REFUSED).first():
            raise RuntimeError(f"{refused} was refused: {refused.reason}")
        time.sleep(LOOK_EVERY_S)


def take_a_turn(plan: Evaluation) -> None:
    """What the embedded worker does all the time, and what raters do once they are asked."""
    tick()
    work_off(this_process(), stop=lambda: False, until_idle=True)
    for study in plan.studies.filter(status=Study.Status.COLLECTING):
        judge_by_reading(study)


def ended(plan: Evaluation) -> QuerySet[EvaluationRun]:
    return plan.runs.exclude(finished_at=None).select_related("checkpoint").order_by("checkpoint__step")
