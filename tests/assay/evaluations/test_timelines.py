"""A series' timeline: its runs in their order, what each is held beside, and the tracks of its numbers."""

import pytest

from assay.evaluations.models import EvaluationRun, Measure, RunStudy
from assay.evaluations.planning import make_plan
from assay.evaluations.starting import start
from assay.evaluations.timelines import timeline_of, tracks_of
from generation.models import Checkpoint
from tests import builders
from tests.assay.evaluations.conftest import checkpoint, version_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(plan, series) -> dict[int, EvaluationRun]:
    """By step; started in another order than the steps'."""
    return {step: start(plan, checkpoint(series, step)) for step in (300, 100, 200)}


def decided(run: EvaluationRun, verdict: str = "pass") -> None:
    EvaluationRun.objects.filter(pk=run.pk).update(status="decided", verdict=verdict)


def measured(
    run: EvaluationRun, slug: str, *names: str, against: str = "baseline", value: float = 0.5
) -> None:
    study = builders.study(prompts=1, slug=f"{slug}-{run.pk}-{against}")
    asked = {"study": study, "against": against, "prompt_set_version": study.prompt_set_version}
    of = RunStudy.objects.create(run=run, **asked)
    ends = {"low": value - 0.1, "high": value + 0.1, "n": 12, "prompts": 4, "method": "Wilson"}
    for name in names:
        Measure.objects.create(of=of, name=name, value=value, **ends)


def test_runs_stand_in_the_order_of_training_at_their_steps(plan, runs):
    rows = timeline_of(plan)
    assert [row.place for row in rows] == [100, 200, 300]
    assert [row.run for row in rows] == [runs[step] for step in (100, 200, 300)]


def test_without_steps_they_stand_in_the_order_of_registration(plan, runs):
    Checkpoint.objects.filter(series=plan.series).update(step=None)
    rows = timeline_of(plan)
    assert [row.place for row in rows] == [1, 2, 3]
    assert [row.run.checkpoint.name for row in rows] == ["heron-300", "heron-100", "heron-200"]


def test_before_each_stands_the_last_that_was_decided(plan, runs):
    decided(runs[100], "fail")
    EvaluationRun.objects.filter(pk=runs[200].pk).update(status="failed", reason="no disk")
    assert [row.before for row in timeline_of(plan)] == [None, runs[100], runs[100]]


def test_a_run_has_its_own_numbers_against_the_baseline_alone(plan, runs):
    measured(runs[100], "everyday", "win_rate", "violation_rate", value=0.6)
    measured(runs[100], "everyday", "win_rate", against="previous", value=0.9)
    first, second, _ = timeline_of(plan)
    assert [(one.name, one.value) for one in sorted(first.measures, key=lambda one: one.name)] == [
        ("violation_rate", 0.6),
        ("win_rate", 0.6),
    ]
    assert second.measures == []


def test_tracks_begin_with_win_rates_of_people_then_of_models_then_violations(plan, runs):
    measured(runs[100], "b", "violation_rate", "judge_win_rate", "win_rate")
    measured(runs[200], "a", "win_rate")
    tracks = tracks_of(timeline_of(plan))
    told = [(track.name, track.prompt_set.removeprefix("set-of-")[0], track.is_win_rate) for track in tracks]
    assert told == [
        ("win_rate", "a", True),
        ("win_rate", "b", True),
        ("judge_win_rate", "b", True),
        ("violation_rate", "b", False),
    ]
    assert [[row.place for row, _ in track.rows] for track in tracks] == [[200], [100], [100], [100]]


def test_another_plans_runs_stand_on_its_own_timeline(plan, runs, series, prompts, baseline):
    other = make_plan("daily", series, version_with(baseline), [prompts])
    begun = start(other, runs[200].checkpoint)
    assert [row.run for row in timeline_of(other)] == [begun] and len(timeline_of(plan)) == 3
