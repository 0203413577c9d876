"""Several who tick, start or look at the same moment, each with a connection of its own: everything happens once."""

import time
from functools import partial

import pytest

from assay.accounts.models import AuditEvent
from assay.evaluations.making import generate
from assay.evaluations.models import EvaluationRun, EvaluationStep, EvaluationVersion
from assay.evaluations.planning import make_plan
from assay.evaluations.starting import start, start_due
from assay.evaluations.stepping import NotYet, advance
from generation.models import GenerationRun
from raters.models import Study
from tests.assay.evaluations.conftest import checkpoint, version_with
from tests.generation.test_processes import together

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 6


def test_two_pipelines_for_one_checkpoint_cannot_exist(plan, series):
    made = checkpoint(series, 100)
    begun: list[EvaluationRun | None] = []
    together(*[lambda: begun.append(start(plan, made))] * RACERS)
    assert len(begun) == RACERS and sum(run is not None for run in begun) == 1
    assert EvaluationRun.objects.count() == 1 and EvaluationStep.objects.count() == 9
    assert AuditEvent.objects.filter(action="evaluation.started").count() == 1


def test_all_that_is_due_is_started_once_however_many_tick(plan, series):
    for step in (100, 200, 300):
        checkpoint(series, step)
    started: list[int] = []
    together(*[lambda: started.append(start_due())] * RACERS)
    assert sum(started) == EvaluationRun.objects.count() == 3


def test_a_step_is_held_by_one_of_those_who_come_for_it(plan, series):
    run = start(plan, checkpoint(series, 100))
    at_work: list[int] = []

    def step(run: EvaluationRun, step: EvaluationStep) -> None:
        at_work.append(step.pk)

    def come() -> None:
        advance(EvaluationRun.objects.get(pk=run.pk), dict.fromkeys(EvaluationStep.Name, step))

    together(*[come] * RACERS)
    assert len(at_work) == len(set(at_work))
    assert not run.steps.filter(fence__gt=1).exists()


def test_a_step_that_takes_longer_than_its_lease_stays_with_its_worker(plan, series, settings):
    settings.STEP_LEASE_S = 0.6
    run, due = start(plan, checkpoint(series, 100)), []

    def slow(run: EvaluationRun, step: EvaluationStep) -> None:
        time.sleep(3 * settings.STEP_LEASE_S)
        due.append(EvaluationStep.objects.due().filter(pk=step.pk).exists())

    assert advance(run, dict.fromkeys(EvaluationStep.Name, slow))
    assert due == [False] and run.steps.get(name="generate").fence == 1


def test_two_runs_at_once_do_not_overspend_one_day_s_tokens(plan, series):
    runs = [start(plan, checkpoint(series, 100 * number)) for number in range(1, RACERS + 1)]
    first = runs[0].version
    EvaluationVersion.objects.filter(pk=first.pk).update(
        tokens_a_day=1
    )  # each wants more: one goes ahead alone
    told: list[str] = []

    def come(run: EvaluationRun) -> None:
        try:
            generate(EvaluationRun.objects.get(pk=run.pk), run.steps.get(name="generate"))
        except NotYet as why:
            told.append(str(why))

    together(*[partial(come, run) for run in runs])
    assert GenerationRun.objects.filter(checkpoint__series=series).count() == 1
    assert sum("of 1 tokens of 24 hours" in why for why in told) == RACERS - 1


def test_a_plan_made_twice_at_once_has_one_first_version(series, prompts, baseline, writer):
    refused: list[str] = []

    def make() -> None:
        try:
            make_plan("weekly", series, version_with(baseline), [prompts])
        except ValueError as error:
            refused.append(str(error))

    together(*[make] * RACERS)
    assert series.evaluations.get().versions.count() == 1 and len(refused) == RACERS - 1
    assert not Study.objects.exists()  # nothing begins without a checkpoint
