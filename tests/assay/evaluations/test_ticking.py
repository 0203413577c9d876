"""From a registered checkpoint to a verdict, in the order of the steps."""

import pytest

from assay.accounts.models import AuditEvent
from assay.evaluations import concluding
from assay.evaluations.making import fix_opponents
from assay.evaluations.models import EvaluationRun
from assay.evaluations.starting import start
from assay.evaluations.ticking import tick
from generation.models import Response
from raters.models import Study
from tests.assay.evaluations.conftest import checkpoint, conclude, judge, settle_down

pytestmark = pytest.mark.django_db


def run_of(made) -> EvaluationRun:
    return EvaluationRun.objects.get(checkpoint=made)


def to_verdict(series, step: int, win_rate: float) -> EvaluationRun:
    made = checkpoint(series, step)
    settle_down()
    judge(win_rate)
    conclude()
    return run_of(made)


def statuses(run: EvaluationRun) -> dict[str, str]:
    return dict(run.steps.values_list("name", "status"))


def test_a_new_checkpoint_goes_all_the_way_to_a_verdict(plan, series):
    run = to_verdict(series, 100, win_rate=0.97)
    assert set(statuses(run).values()) == {"done"}
    assert run.verdict in ("pass", "improvement") and run.status == "decided" and run.finished_at
    assert run.is_simulated and run.previous is None
    assert [asked.against for asked in run.studies.all()] == ["baseline"]


def test_a_worse_one_fails_and_the_next_is_held_against_the_last_that_passed(plan, series):
    first = to_verdict(series, 100, win_rate=0.97)
    second = to_verdict(series, 200, win_rate=0.03)
    third = to_verdict(series, 300, win_rate=0.97)
    assert second.verdict == "fail" and second.previous == first.checkpoint
    assert third.previous == first.checkpoint and third.verdict in ("pass", "improvement")
    assert {asked.against for asked in third.studies.all()} == {"previous", "baseline"}


def test_the_baselines_responses_are_never_made_again(plan, series, writer):
    before = set(Response.objects.values_list("pk", flat=True))
    to_verdict(series, 100, win_rate=0.6)
    to_verdict(series, 200, win_rate=0.6)
    assert {name for name, _ in writer.asked} == {"heron-100", "heron-200"}
    assert len(writer.asked) == Response.objects.exclude(pk__in=before).count() == 24


def test_a_poison_checkpoint_ends_failed_and_holds_up_nothing_else(plan, series, writer, settings):
    settings.CHUNK_ATTEMPTS = 1
    writer.broken.add("heron-100")
    poison, sound = checkpoint(series, 100), checkpoint(series, 200)
    settle_down()
    judge(0.7)
    conclude()
    assert run_of(poison).status == "failed" and "poison" in run_of(poison).reason
    assert statuses(run_of(poison)) | {"generate": "failed", "scan": "cancelled"} == statuses(run_of(poison))
    assert run_of(sound).verdict


def test_ticking_again_changes_nothing(plan, series):
    run = to_verdict(series, 100, win_rate=0.6)
    before = (list(run.steps.values()), EvaluationRun.objects.count())
    tick()
    assert (list(run.steps.values()), EvaluationRun.objects.count()) == before


def test_what_a_step_did_stands_in_its_log(plan, series):
    run = to_verdict(series, 100, win_rate=0.6)
    said = {step.name: " ".join(line.text for line in step.lines.all()) for step in run.steps.all()}
    assert "1,109,120 parameters" in said["describe"] and "12 ok" in said["scan"]
    assert "12 to be judged" in said["pair"] and "baseline" in said["gate"]


def test_a_verdict_unblinds_its_studies_and_says_so(plan, series):
    checkpoint(series, 100)
    settle_down()
    assert Study.objects.get().unblinded_at is None
    judge(0.97)
    conclude()
    assert Study.objects.get().unblinded_at
    event = AuditEvent.objects.get(action="study.unblinded")
    assert event.detail["reason"] == "the verdict on heron-100 is fixed by its plan's rule"


def test_a_verdict_and_what_it_opens_are_kept_together_or_not_at_all(plan, series, monkeypatch):
    checkpoint(series, 100)
    settle_down()
    judge(0.97)

    def fails(*given):
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(concluding, "unblind", fails)
        conclude()
    assert EvaluationRun.objects.get().verdict is None
    conclude()
    assert EvaluationRun.objects.get().verdict and Study.objects.get().unblinded_at
    assert AuditEvent.objects.filter(action="evaluation.decided").count() == 1


def test_what_a_run_is_held_against_is_decided_by_the_first_worker_alone(plan, series):
    earlier, run = start(plan, checkpoint(series, 100)), start(plan, checkpoint(series, 200))
    late = EvaluationRun.objects.get(pk=run.pk)
    fix_opponents(run)
    EvaluationRun.objects.filter(pk=earlier.pk).update(status="decided", verdict="pass")
    fix_opponents(late)
    assert run_of(run.checkpoint).previous is None and late.previous is None
