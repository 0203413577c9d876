"""The whole way of four checkpoints, with real processes: trained, found, generated, judged, decided."""

import json
import signal
import subprocess
import sys
import time

import pytest
from django.core.management import call_command

from assay.evaluations.models import EvaluationRun
from generation.models import Checkpoint, Response
from generation.training.appearing import SPOILED, STEPS
from generation.training.lessons import PROMPTS, lessons
from raters.models import Judgment, Study
from tests.pipeline.reading_raters import judge_by_reading
from tests.processes import ROOT, environment_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1500)]
PATIENCE_S = 1400
CELERY = ("-m", "celery", "-A", "assay.celery")
KINDS = {"embedded": (), "celery": pytest.mark.services}


@pytest.fixture
def places(tmp_path, settings):
    settings.CHECKPOINT_ROOTS = [tmp_path]
    (tmp_path / "runs").mkdir()
    variables = {"CHECKPOINT_ROOTS": str(tmp_path), "ENGINE_CACHE": str(tmp_path / "compiled")}
    return tmp_path, environment_of(JAX_PLATFORMS="cpu", **variables)


@pytest.fixture
def plan(places, tmp_path) -> None:
    """Made by the commands that people use. The baseline says everything back."""
    call_command("import_promptset", str(PROMPTS), "--slug", "starter")
    echoes = [
        {"schema": "response/1", "prompt_id": one.prompt_id, "turns": list(one.turns)}
        for one in lessons("plain")
    ]
    file = tmp_path / "echo.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in echoes))
    call_command("import_responses", str(file), "--prompt-set", "starter", "--checkpoint", "echo")
    call_command("watch_series", "appearing", str(places[0] / "runs"), "--every", "1")
    terms = ["--prompt-set", "starter", "--baseline", "echo", "--margin", "15", "--max-new-tokens", "48"]
    call_command("plan_evaluation", "nightly", "--series", "appearing", "--decided-by", "previous", *terms)


@pytest.fixture
def processes(places):
    """Starts commands of ours beside the test, and ends them with it."""
    running: list[subprocess.Popen] = []

    def start(*arguments: str) -> subprocess.Popen:
        running.append(subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=places[1]))
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(60)


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
        processes(*command, *beat)


def verdict_of(name: str, environment) -> int:
    return subprocess.call(
        [sys.executable, str(ROOT / "manage.py"), "verdict", name, "--wait"], cwd=ROOT, env=environment
    )


def test_four_checkpoints_appear_and_the_third_made_worse_fails_the_gate(plan, places, workers, processes):
    training = processes("-m", "generation.training.appearing", "--out", str(places[0] / "runs"))
    deadline = time.monotonic() + PATIENCE_S
    while EvaluationRun.objects.exclude(finished_at=None).count() < len(STEPS):
        assert time.monotonic() < deadline, list(
            EvaluationRun.objects.values_list("checkpoint__name", "status")
        )
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
    assert verdict_of(f"appearing-step-{SPOILED:06d}", places[1]) == 10
    assert verdict_of(f"appearing-step-{STEPS[-1]:06d}", places[1]) == 0
    assert all(run.is_simulated for run in EvaluationRun.objects.all())
    prompts = len(lessons("plain"))
    for checkpoint in Checkpoint.objects.filter(series__slug="appearing"):
        assert Response.objects.filter(checkpoint=checkpoint).count() == prompts
    doubled = Judgment.objects.values("assignment__comparison", "assignment__rater").distinct().count()
    assert Judgment.objects.count() == doubled
