"""Runs that a language model judges, cancelled, failed and taken up again: its questions go with them."""

import pytest

from assay.evaluations.models import EvaluationRun
from assay.evaluations.stopping import cancel, retry
from assay.evaluations.ticking import tick
from generation.models import Chunk
from generation.worker import work_off
from tests.assay.evaluations.conftest import checkpoint, conclude, hurry, settle_down
from tests.assay.evaluations.test_judges import alone, decided, judge_model  # noqa: F401  two are fixtures
from tests.generation.endpoint_server import Said

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("alone")
def test_once_the_judge_can_be_had_a_retry_goes_on(series, server, settings):
    settings.CHUNK_ATTEMPTS = 1
    whole, server.answer = server.answer, lambda asked: Said(401)
    run = decided(series)
    server.answer = whole
    retry(run)
    settle_down(ticks=4)
    conclude()
    run.refresh_from_db()
    assert (run.verdict, run.reason) == ("improvement", "")


@pytest.mark.usefixtures("alone")
def test_a_cancelled_run_asks_its_judge_no_more_and_a_retry_does(series, server):
    checkpoint(series, 100)
    tick()
    work_off("tests", stop=lambda: False, until_idle=True)
    hurry()
    tick()  # the judge's questions are planned now, and not put yet
    run, asked = EvaluationRun.objects.get(), len(server.asked)
    chunks = Chunk.objects.filter(run__judge_runs__of_run_study__run=run)
    assert set(chunks.values_list("status", flat=True)) == {"queued"}
    cancel(run)
    work_off("tests", stop=lambda: False, until_idle=True)
    assert len(server.asked) == asked and set(chunks.values_list("status", flat=True)) == {"dead"}
    retry(run)
    assert set(chunks.values_list("status", flat=True)) == {"queued"}
