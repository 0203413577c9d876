"""A series whose checkpoints are evaluated against an imported baseline, in this process and without a network."""

import pytest

from assay.evaluations.models import Evaluation, EvaluationVersion
from assay.evaluations.planning import make_plan
from assay.evaluations.ticking import tick
from generation.backends import BACKENDS
from generation.models import Checkpoint, CheckpointSeries
from generation.sampling import Sampling
from generation.worker import work_off
from raters.models import Study
from raters.simulation import Simulation, simulate
from tests import builders
from tests.assay.evaluations.writing import WritingBackend
from tests.generation.conftest import server  # noqa: F401  a language model behind an address, for who asks one

PROMPTS = 12


@pytest.fixture
def writer(monkeypatch) -> WritingBackend:
    backend = WritingBackend()
    monkeypatch.setitem(BACKENDS, "engine", backend.of)
    return backend


@pytest.fixture
def series(db) -> CheckpointSeries:
    return CheckpointSeries.objects.create(slug="herons", title="Herons")


@pytest.fixture
def prompts(db):
    return builders.prompt_set(prompts=PROMPTS)


@pytest.fixture
def baseline(prompts) -> Checkpoint:
    return builders.run(prompts, "plover").checkpoint


def version_with(baseline: Checkpoint, **terms) -> EvaluationVersion:
    fixed = {"ratings_per_comparison": 2, "gate_margin": 0.15, "sampling": Sampling().to_json(), "preset": ""}
    return EvaluationVersion(**{**fixed, "baseline": baseline, **terms})


@pytest.fixture
def plan(series, prompts, baseline, writer) -> Evaluation:
    return make_plan("weekly", series, version_with(baseline), [prompts])


def checkpoint(series: CheckpointSeries, step: int) -> Checkpoint:
    """One that the writer answers for, as if it had been registered just now."""
    name = f"heron-{step}"
    return Checkpoint.objects.create(
        name=name,
        source="engine",
        uri=f"/checkpoints/{name}",
        digest=name.ljust(64, "0"),
        series=series,
        step=step,
        family="recurrentgemma",
        description={"chat_format": "gemma", "dtype": "float32", "parameters": 1_109_120},
    )


def settle_down(ticks: int = 3) -> None:
    """Ticks and generates until nothing more happens without raters."""
    for _ in range(ticks):
        tick()
        work_off("tests", stop=lambda: False, until_idle=True)
        hurry()
    tick()


def hurry() -> None:
    """What waits a few seconds is due now."""
    from django.utils import timezone

    from assay.evaluations.models import Delivery, EvaluationStep

    EvaluationStep.objects.filter(status="waiting").update(not_before=timezone.now())
    Delivery.objects.filter(status="waiting").update(not_before=timezone.now())


def judge(win_rate: float = 0.5, **about) -> int:
    """Simulated raters judge every study that collects."""
    made = 0
    for study in Study.objects.filter(status="collecting", **about):
        made += simulate(study, Simulation(raters=6, win_rate=win_rate, seed=3))
    return made


def conclude() -> None:
    """Takes what was judged as far as it goes."""
    for _ in range(2):
        hurry()
        tick()
