"""How steps are tried, put off, failed, cancelled and tried again."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assay.evaluations.models import EvaluationRun, EvaluationStep
from assay.evaluations.starting import start
from assay.evaluations.stepping import NotYet, StepFailed, _claim, advance
from assay.evaluations.stopping import cancel, retry
from tests.assay.evaluations.conftest import checkpoint, hurry

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(plan, series) -> EvaluationRun:
    return start(plan, checkpoint(series, 100))


def step_of(run, name: str = "generate") -> EvaluationStep:
    return run.steps.get(name=name)


def doing(work):
    """Steps that all do this."""
    return dict.fromkeys(EvaluationStep.Name.values, work)


def raising(error):
    def work(run, step):
        raise error

    return doing(work)


def test_a_step_that_waits_says_so_once_and_costs_no_try(run):
    for _ in range(3):
        assert not advance(run, raising(NotYet("12 of 40")))
        hurry()
    step = step_of(run)
    assert (step.status, step.attempts) == ("waiting", 0)
    assert [line.text for line in step.lines.all()] == ["12 of 40"]


def test_a_step_that_is_put_off_is_left_alone_until_its_time(run):
    advance(run, raising(NotYet("later", wait_s=600)))
    assert not advance(run, doing(lambda run, step: None))
    hurry()
    assert advance(run, doing(lambda run, step: None))


def test_a_failing_step_is_tried_again_with_limits_and_then_ends_the_run(run, settings):
    settings.STEP_ATTEMPTS = 3
    for _ in range(3):
        advance(run, raising(OSError("disk full")))
        hurry()
    run.refresh_from_db()
    assert (run.status, run.reason) == ("failed", "generate: OSError: disk full")
    assert step_of(run).attempts == 3 and step_of(run, "pair").status == "cancelled"
    assert step_of(run, "tell").status == "waiting" and run.finished_at is None
    advance(run, doing(lambda run, step: None))
    run.refresh_from_db()
    assert run.finished_at


def test_what_can_never_succeed_is_not_tried_again(run):
    advance(run, raising(StepFailed("no prompt was answered")))
    run.refresh_from_db()
    assert run.status == "failed" and step_of(run).attempts == 1


def test_a_verdict_that_cannot_be_told_stands_and_the_run_is_over(run):
    EvaluationRun.objects.filter(pk=run.pk).update(status="decided", verdict="pass")
    run.steps.exclude(name="tell").update(status="done")
    advance(run, raising(StepFailed("no disk")))
    run.refresh_from_db()
    assert (run.status, run.verdict, step_of(run, "tell").status) == ("decided", "pass", "failed")
    assert run.finished_at


def test_a_step_that_kills_its_workers_ends_failed(run, settings):
    settings.STEP_ATTEMPTS = 2
    for _ in range(3):
        past = timezone.now() - timedelta(seconds=1)
        EvaluationStep.objects.filter(run=run, name="generate", status="running").update(lease_until=past)
        _claim(run)  # as if the worker had been killed: the claim stays, nothing else is noted
    run.refresh_from_db()
    assert run.status == "failed" and "fell silent" in run.reason


def test_whoever_was_taken_over_changes_nothing_any_more(run):
    def overtaken(run, step):
        EvaluationStep.objects.filter(pk=step.pk).update(fence=step.fence + 5)

    assert not advance(run, doing(overtaken))
    assert step_of(run).status == "running"


def test_a_cancelled_run_ends_and_can_be_taken_up_again(run):
    cancel(run)
    run.refresh_from_db()
    assert run.status == "cancelled" and run.finished_at
    assert not advance(run, doing(lambda run, step: None))
    retry(run)
    run.refresh_from_db()
    assert run.status == "running" and step_of(run).status == "waiting"


def test_cancelling_while_a_step_works_leaves_it_no_effect(run):
    assert not advance(run, doing(lambda run, step: cancel(run)))
    run.refresh_from_db()
    assert run.status == "cancelled" and step_of(run).status == "cancelled"


def test_what_has_ended_is_not_cancelled_and_what_runs_is_not_retried(run):
    with pytest.raises(ValueError, match="only one that failed or was cancelled"):
        retry(run)
    cancel(run)
    with pytest.raises(ValueError, match="only one that runs can be cancelled"):
        cancel(run)


def test_commands_show_cancel_and_retry(run, capsys):
    call_command("evaluation", "cancel", "weekly", "heron-100")
    call_command("evaluation", "retry", "weekly", "heron-100")
    printed = capsys.readouterr().out
    assert "cancelled by a command" in printed and "generate  waiting" in printed
    with pytest.raises(CommandError, match="no plan 'daily'"):
        call_command("evaluation", "show", "daily", "heron-100")
