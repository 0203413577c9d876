"""A worker killed in any step, by the operating system: whoever comes after it loses and doubles nothing."""

import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.core import mail
from django.utils import timezone

from assay.evaluations.models import Delivery, EvaluationRun, EvaluationStep
from assay.evaluations.planning import make_plan
from assay.evaluations.ticking import STEPS
from generation.backends import BACKENDS
from generation.models import Checkpoint, CheckpointSeries, Response, Sighting
from raters.models import Judgment, Study
from tests import builders
from tests.assay.evaluations.conftest import PROMPTS, conclude, judge, settle_down, version_with
from tests.assay.evaluations.writing import WritingBackend
from tests.processes import ROOT, environment_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def watched(tmp_path, settings):
    """A series that watches a folder in which one tiny checkpoint lies, and its plan."""
    settings.CHECKPOINT_ROOTS = [tmp_path]
    shutil.copytree(site.BASE_DIR / "generation/library/recurrentgemma-early", tmp_path / "step-100")
    series = CheckpointSeries.objects.create(
        slug="herons", title="H", watch_uri=str(tmp_path), look_every_s=1
    )
    prompts = builders.prompt_set(prompts=PROMPTS)
    baseline = builders.run(prompts, "plover").checkpoint
    make_plan("weekly", series, version_with(baseline, emails=["ann@example.org"]), [prompts])
    return series


def overdue() -> None:
    """The leases of the dead worker are over."""
    past = timezone.now() - timedelta(seconds=1)
    EvaluationStep.objects.filter(status="running").update(lease_until=past)
    Sighting.objects.filter(status="describing").update(lease_until=past)
    CheckpointSeries.objects.update(next_look_at=past)


@pytest.mark.parametrize("step", ["look", "describe", *STEPS])
def test_a_worker_killed_in_a_step_loses_and_doubles_nothing(watched, tmp_path, monkeypatch, step):
    roots = {"CHECKPOINT_ROOTS": str(tmp_path), "JAX_PLATFORMS": "cpu"}
    victim = subprocess.Popen(
        [sys.executable, "-m", "tests.assay.evaluations.dying", step], cwd=ROOT, env=environment_of(**roots)
    )
    assert victim.wait(120) == -signal.SIGKILL

    monkeypatch.setitem(BACKENDS, "engine", WritingBackend().of)
    deadline = time.monotonic() + 60
    while not EvaluationRun.objects.exclude(finished_at=None).exists():
        assert time.monotonic() < deadline, "waited too long"
        overdue()
        settle_down(ticks=1)
        judge(0.97)
        conclude()

    run = EvaluationRun.objects.get()
    assert run.verdict in ("pass", "improvement")
    assert set(run.steps.values_list("status", flat=True)) == {"done"}
    assert Checkpoint.objects.filter(series=watched).count() == Sighting.objects.count() == 1
    assert Study.objects.count() == 1 and Study.objects.get().reports.count() >= 1
    assert Judgment.objects.count() == 2 * PROMPTS
    assert Response.objects.filter(checkpoint=run.checkpoint).count() == PROMPTS
    delivery = Delivery.objects.get()
    assert delivery.status == "delivered"
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) <= 1
