"""The whole way of four checkpoints, with real processes: trained, found, generated, judged, decided."""

import signal
import subprocess
import sys
import time

import pytest

from assay.evaluations.demo import main_job, training_run
from assay.evaluations.demo.reading import judge_by_reading
from assay.evaluations.models import Evaluation, EvaluationRun
from generation.models import Checkpoint, Response
from generation.training.appearing import SPOILED, STEPS
from generation.training.lessons import lessons
from raters.models import Judgment, Study
from tests.processes import ROOT, environment_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1500)]
PATIENCE_S = 1400
CELERY = ("-m", "celery", "-A", "assay.celery")
KINDS = {"embedded": (), "celery": pytest.mark.services}


@pytest.fixture
def places(tmp_path, settings):
    settings.CHECKPOINT_ROOTS = [tmp_path]
    variables = {"CHECKPOINT_ROOTS": str(tmp_path), "ENGINE_CACHE": str(tmp_path / "compiled")}
    return tmp_path, environment_of(JAX_PLATFORMS="cpu", **variables)


@pytest.fixture
def plan(places) -> Evaluation:
    """The demo's own: the starter prompts, a folder that is watched, a baseline that says everything back."""
    return training_run.plan_for(main_job.starter_prompts())


class Processes:
    """Commands of ours beside the test, on its database."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.running: list[subprocess.Popen] = []

    def start(self, *arguments: str) -> subprocess.Popen:
        self.running.append(subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=self.environment))
        return self.running[-1]

    def failed(self) -> list[tuple[list[str], int]]:
        """Those that ended by themselves, with anything but 0."""
        return [(process.args, process.returncode) for process in self.running if process.poll()]

    def end(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(60)


@pytest.fixture
def processes(places):
    started = Processes(places[1])
    yield started
    started.end()


WORKERS = {
    "embedded": [["manage.py", "worker", "--sweep-every", "0.5"]],
    "celery": [
        [
            *CELERY,
            "worker",
            "-Q",
            "generation",
            "--pool=solo",
            "--prefetch-multiplier=1",
            "-n",
            "generation@%h",
        ],
        [*CELERY, "worker", "-Q", "light", "--pool=prefork", "-c", "1", "-n", "light@%h"],
        [*CELERY, "beat"],
    ],
}


@pytest.fixture(params=[pytest.param(name, marks=marks) for name, marks in KINDS.items()])
def workers(request, places, processes, tmp_path) -> None:
    """Whoever works: one process by itself, or Celery's by the messages of Beat over Valkey."""
    if request.param == "celery":
        places[1]["REDIS_URL"] = request.getfixturevalue("valkey_url")
    for command in WORKERS[request.param]:
        beat = ["--schedule", str(tmp_path / "beat")] if command[-1] == "beat" else []
        processes.start(*command, *beat)


def verdict_of(name: str, environment) -> int:
    return subprocess.call(
        [sys.executable, str(ROOT / "manage.py"), "verdict", name, "--wait"], cwd=ROOT, env=environment
    )


def test_four_checkpoints_appear_and_the_third_made_worse_fails_the_gate(plan, places, workers, processes):
    training = processes.start("-m", "generation.training.appearing", "--out", plan.series.watch_uri)
    deadline = time.monotonic() + PATIENCE_S
    while EvaluationRun.objects.exclude(finished_at=None).count() < len(STEPS):
        assert time.monotonic() < deadline, list(
            EvaluationRun.objects.values_list("checkpoint__name", "status")
        )
        assert not processes.failed()
        for study in Study.objects.filter(status="collecting"):
            judge_by_reading(study)
        time.sleep(0.5)
    assert training.wait(60) == 0

    verdicts = dict(EvaluationRun.objects.values_list("checkpoint__step", "verdict"))
    assert verdicts[SPOILED] == "fail", verdicts
    assert {verdicts[step] for step in STEPS if step != SPOILED} <= {"pass", "improvement"}, verdicts
    last = EvaluationRun.objects.get(checkpoint__step=STEPS[-1])
    # Whichever had passed when it began, and never the third; on a slow machine none may have passed yet.
    assert last.previous is None or last.previous.step in STEPS[:2]
    assert verdict_of(f"{plan.series}-step-{SPOILED:06d}", places[1]) == 10
    assert verdict_of(f"{plan.series}-step-{STEPS[-1]:06d}", places[1]) == 0
    assert all(run.is_simulated for run in EvaluationRun.objects.all())
    prompts = len(lessons("plain"))
    for checkpoint in Checkpoint.objects.filter(series=plan.series):
        assert Response.objects.filter(checkpoint=checkpoint).count() == prompts
    doubled = Judgment.objects.values("assignment__comparison", "assignment__rater").distinct().count()
    assert Judgment.objects.count() == doubled
