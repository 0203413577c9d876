"""What a cancelled or failed run leaves alone, and what it takes up again."""

import pytest

from assay.evaluations.models import EvaluationRun
from assay.evaluations.stopping import cancel, retry
from assay.evaluations.ticking import tick
from generation.models import Chunk
from raters.models import Study
from tests.assay.evaluations.conftest import checkpoint, conclude, judge, settle_down

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
