"""What a run begins with: which checkpoints are due, in which order, the steps behind it, and its first lines."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assay.accounts.models import AuditEvent
from assay.evaluations.models import Evaluation, EvaluationRun
from assay.evaluations.planning import add_version
from assay.evaluations.starting import due_for, start, start_due, waiting_for
from generation.models import Checkpoint, CheckpointSeries, Chunk, Sighting
from generation.runs import plan_run
from tests.assay.evaluations.conftest import checkpoint, version_with

pytestmark = pytest.mark.django_db
STEPS = ["detect", "describe", "generate", "scan", "pair", "collect", "report", "gate", "tell"]


def steps_of(run: EvaluationRun) -> list[tuple[str, str, int]]:
    return list(run.steps.order_by("number").values_list("name", "status", "attempts"))


def lines_of(run: EvaluationRun, name: str) -> list[str]:
    return [line.text for line in run.steps.get(name=name).lines.all()]


def test_detecting_and_describing_lie_behind_a_checkpoint_that_is_registered(plan, series, researcher):
    made = checkpoint(series, 100)
    run = start(plan, made, actor=researcher)
    behind, ahead = steps_of(run)[:2], steps_of(run)[2:]
    assert behind == [("detect", "done", 1), ("describe", "done", 1)]
    assert ahead == [(name, "waiting", 0) for name in STEPS[2:]]
    assert set(run.steps.filter(status="done").values_list("started_at", "finished_at")) == {
        (made.created_at, made.created_at)
    }
    event = AuditEvent.objects.get(action="evaluation.started")
    assert (event.actor, event.target_id) == (researcher, str(run.pk))


def test_one_that_was_registered_by_hand_says_so_and_what_is_known_of_it(plan, series):
    run = start(plan, checkpoint(series, 100))
    assert lines_of(run, "detect") == ["registered by hand"]
    assert lines_of(run, "describe") == ["recurrentgemma, 1,109,120 parameters, float32, digest heron-100000"]


def test_what_is_not_known_is_left_out(plan, series):
    bare = Checkpoint.objects.create(
        name="bare", source="engine", uri="/bare", digest="b" * 64, series=series
    )
    assert lines_of(start(plan, bare), "describe") == ["digest bbbbbbbbbbbb"]


def test_one_that_was_found_has_the_times_at_which_it_was_seen_whole_and_described(plan, series):
    made, now = checkpoint(series, 100), timezone.now()
    first, ready, ended = (now - timedelta(minutes=minutes) for minutes in (9, 5, 2))
    seen = Sighting.objects.create(
        series=series, uri="/runs/step-100", name="step-100", fingerprint="0" * 64, status="registered",
        checkpoint=made, files=3, size=4_000_000, attempts=2, ready_at=ready, ended_at=ended,
    )  # fmt: skip
    Sighting.objects.filter(pk=seen.pk).update(first_seen_at=first)
    run = start(plan, Checkpoint.objects.get(pk=made.pk))
    times = list(run.steps.order_by("number").values_list("started_at", "finished_at", "attempts")[:2])
    assert times == [(first, ready, 1), (ready, ended, 2)]
    assert lines_of(run, "detect") == ["/runs/step-100: 3 files, 4,000,000 bytes"]


def test_what_is_due_goes_in_the_order_of_training_and_what_has_no_step_first(plan, series):
    for step in (300, 100, 200):
        checkpoint(series, step)
    Checkpoint.objects.filter(step=200).update(step=None)
    assert [one.name for one in due_for(plan)] == ["heron-200", "heron-100", "heron-300"]
    assert start_due() == 3 and due_for(plan) == []


def test_a_plan_takes_its_own_series_alone_and_nothing_that_another_plan_has_begun_for_it(plan):
    checkpoint(CheckpointSeries.objects.create(slug="ducks", title="Ducks"), 100)
    assert start_due() == 0


def test_one_that_was_registered_at_the_plans_own_moment_is_taken(plan, series):
    made = checkpoint(series, 100)
    for seconds, taken in ((-1, []), (0, [made])):
        Checkpoint.objects.filter(pk=made.pk).update(created_at=plan.created_at + timedelta(seconds=seconds))
        assert due_for(plan) == taken


def test_one_without_a_step_is_no_nth(plan, series, prompts, baseline):
    add_version(plan, version_with(baseline, cadence="nth", every_nth_step=100), [prompts])
    for step in (0, 50, 100):
        checkpoint(series, step)
    Checkpoint.objects.filter(step=0).update(step=None)
    assert [one.name for one in due_for(plan)] == ["heron-100"]


def test_by_timetable_the_newest_waits_and_is_due_at_its_time(plan, series, prompts, baseline):
    add_version(plan, version_with(baseline, cadence="cron", cron="0 6 * * *"), [prompts])
    plan.refresh_from_db()
    for step in (100, 200):
        newest = checkpoint(series, step)
    assert waiting_for(plan) == [newest] and due_for(plan) == []
    plan.next_due_at = timezone.now()
    plan.save()
    stale = Evaluation.objects.get(pk=plan.pk)
    assert due_for(plan) == [newest]
    assert due_for(stale) == []  # who read the same due time comes second
    Evaluation.objects.update(next_due_at=None)
    assert due_for(Evaluation.objects.get()) == []


def test_what_is_dead_of_its_own_work_is_due_anew_and_others_dead_work_stays_dead(plan, series, prompts):
    ours, other = checkpoint(series, 100), checkpoint(series, 200)
    sampling = plan.current.drawn_by
    for made in (ours, other):
        plan_run(made, prompts, sampling)
    Chunk.objects.update(status="dead", error="its weights are poison", attempts=3)
    start(plan, ours)
    states = dict(Chunk.objects.values_list("run__checkpoint__step", "status"))
    assert states == {100: "queued", 200: "dead"}
