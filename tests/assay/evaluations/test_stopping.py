"""What a cancelled or failed run leaves alone, and what it takes up again."""

import pytest

from assay.evaluations.collecting import collect
from assay.evaluations.models import EvaluationRun
from assay.evaluations.planning import make_plan
from assay.evaluations.starting import start
from assay.evaluations.stepping import StepFailed, advance
from assay.evaluations.stopping import cancel, retry
from assay.evaluations.ticking import tick
from generation.models import Chunk
from generation.runs import plan_run
from generation.sampling import Sampling
from raters.models import Study
from tests.assay.evaluations.conftest import (
    checkpoint,
    conclude,
    hurry,
    judge,
    settle_down,
    version_with,
)

pytestmark = pytest.mark.django_db


def test_what_is_cancelled_is_generated_no_more_and_taken_up_by_a_retry(plan, series, writer):
    checkpoint(series, 100)
    tick()
    run = EvaluationRun.objects.get()
    cancel(run)
    settle_down()
    assert writer.asked == [] and Chunk.objects.get().status == "dead"
    retry(run)
    settle_down()
    judge(0.97)
    conclude()
    run.refresh_from_db()
    assert len(writer.asked) == 12 and run.verdict


def test_raters_are_asked_no_more_by_a_cancelled_run(plan, series):
    checkpoint(series, 100)
    settle_down()
    run = EvaluationRun.objects.get()
    cancel(run)
    assert Study.objects.get().status == "paused"
    retry(run)
    assert Study.objects.get().status == "collecting"


def test_raters_are_asked_no_more_by_a_run_that_failed(plan, series):
    checkpoint(series, 100)
    settle_down()
    run = EvaluationRun.objects.get()

    def fails(run, step):
        raise StepFailed("no disk")

    hurry()
    advance(run, {"collect": fails})
    assert Study.objects.get().status == "paused"
    retry(run)
    assert Study.objects.get().status == "collecting"


def test_a_study_is_not_opened_for_a_run_that_was_cancelled_meanwhile(plan, series):
    checkpoint(series, 100)
    settle_down()
    Study.objects.update(status="draft", locked_at=None, design={}, design_sha256="")
    run = EvaluationRun.objects.get()
    cancel(EvaluationRun.objects.get())
    with pytest.raises(StepFailed, match="is cancelled"):
        collect(run, run.steps.get(name="collect"))
    assert Study.objects.get().status == "draft"


def test_what_one_plan_s_run_left_for_dead_is_generated_for_another_plan(
    plan, series, writer, prompts, baseline
):
    made = checkpoint(series, 100)
    tick()
    cancel(EvaluationRun.objects.get())
    run = start(make_plan("daily", series, version_with(baseline), [prompts]), made)
    settle_down()
    assert len(writer.asked) == 12 and run.steps.get(name="generate").status == "done"


def test_a_cancelled_run_leaves_alone_what_is_generated_otherwise(plan, series, writer, prompts):
    run = start(plan, checkpoint(series, 100))
    tick()
    other = plan_run(run.checkpoint, prompts, Sampling(max_new_tokens=9))
    cancel(run)
    assert other.chunks.get().status == "queued"


def test_a_run_that_failed_at_a_poison_chunk_goes_on_once_it_is_mended(plan, series, writer, settings):
    settings.CHUNK_ATTEMPTS = 1
    writer.broken.add("heron-100")
    checkpoint(series, 100)
    settle_down()
    run = EvaluationRun.objects.get()
    assert run.status == "failed"
    writer.broken.clear()
    retry(run)
    settle_down()
    judge(0.97)
    conclude()
    run.refresh_from_db()
    assert run.verdict and run.reason == ""
