"""Before a plan's verdict unblinds, no page or answer tells under a checkpoint's name how raters judged it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from assay.evaluations.models import EvaluationRun, EvaluationStep, Measure
from assay.evaluations.stopping import cancel
from assay.evaluations.ticking import STEPS, tick
from raters.models import Study
from tests.evaluated import series_with_verdicts

pytestmark = pytest.mark.django_db


def broken(*arguments):
    raise RuntimeError("it breaks")


@pytest.fixture
def undecided(monkeypatch) -> EvaluationRun:
    """All is judged and reported; the gate fails. As if people had judged: of simulated raters names may be known."""
    with monkeypatch.context() as patch:
        patch.setitem(STEPS, EvaluationStep.Name.GATE, broken)
        series_with_verdicts(win_rates=(0.7,))
    Study.objects.update(simulation=None)
    return EvaluationRun.objects.get()


def told(client, api, researcher, run) -> dict[str, str]:
    """What a researcher may read of the series, the plan, the run and the checkpoint."""
    client.force_login(researcher)
    pages = ["series/herons", "evaluations", "evaluations/weekly", f"evaluations/weekly/runs/{run.pk}"]
    pages += [f"checkpoints/{run.checkpoint_id}", ""]
    answers = ["series/herons", "evaluations/weekly", "evaluations/weekly/runs", f"evaluation-runs/{run.pk}"]
    answers += [f"verdicts?checkpoint={run.checkpoint}"]
    found = {page: client.get(f"/{page}/" if page else "/").text for page in pages}
    said = {answer: api.get(answer) for answer in answers}
    assert {answer.status_code for answer in said.values()} <= {200, 422}  # no verdict on what failed
    return found | {f"api of {name}": answer.text for name, answer in said.items()}


def telling(client, api, researcher, run) -> set[str]:
    """Those of them in which the win rate stands."""
    rate = run.studies.get().study.reports.first().estimates.get(name="win_rate", slice="").value
    shown = (f"{rate:.1%}", f"{1 - rate:.1%}", f"{rate:.4f}"[:-1])
    return {
        name for name, text in told(client, api, researcher, run).items() if any(one in text for one in shown)
    }


def gate_again(run: EvaluationRun) -> None:
    run.steps.filter(status="waiting").update(not_before=timezone.now())
    tick()
    run.refresh_from_db()


def failed(run: EvaluationRun, monkeypatch, settings) -> None:
    settings.STEP_ATTEMPTS = 1
    with monkeypatch.context() as patch:
        patch.setitem(STEPS, EvaluationStep.Name.GATE, broken)
        gate_again(run)


@pytest.mark.parametrize("status", ["running", "failed", "cancelled"])
def test_numbers_of_an_undecided_run_stand_nowhere(
    client, api, researcher, undecided, monkeypatch, settings, status
):
    if status == "failed":
        failed(undecided, monkeypatch, settings)
    if status == "cancelled":
        cancel(undecided, researcher)
    undecided.refresh_from_db()
    assert undecided.status == status and undecided.studies.get().study.is_blinded
    assert telling(client, api, researcher, undecided) == set() and not Measure.objects.exists()


def test_they_stand_there_once_the_verdict_unblinds(client, api, researcher, undecided):
    gate_again(undecided)
    assert undecided.status == "decided" and not undecided.studies.get().study.is_blinded
    run = f"evaluations/weekly/runs/{undecided.pk}"
    assert {"series/herons", run, f"api of evaluation-runs/{undecided.pk}"} <= telling(
        client, api, researcher, undecided
    )


def test_a_gate_that_dies_while_it_unblinds_keeps_no_number(undecided, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("assay.evaluations.concluding.unblind", broken)
        gate_again(undecided)
    assert undecided.status == "running" and not Measure.objects.exists()
    lines = undecided.steps.get(name="gate").lines.values_list("text", flat=True)
    assert not any("win rate" in text for text in lines)


def test_numbers_that_were_kept_without_a_verdict_are_taken_out(undecided):
    asked, step = undecided.studies.get(), undecided.steps.get(name="report")
    step.say("win rate 70.0% of 12 prompts")
    fields = {"value": 0.7, "low": 0.6, "high": 0.8, "n": 36, "prompts": 12, "method": "-"}
    Measure.objects.create(of=asked, name="win_rate", **fields)
    forget = import_module("assay.evaluations.migrations.0004_forget_undecided_numbers").forget
    EvaluationRun.objects.update(verdict="pass")
    forget(apps, None)
    assert Measure.objects.exists() and step.lines.exists()
    EvaluationRun.objects.update(verdict=None)
    forget(apps, None)
    assert not Measure.objects.exists() and not step.lines.exists()
