"""`manage.py verdict`: one answer, one exit code."""

import pytest
from django.core.management import CommandError, call_command

from assay.evaluations.models import EvaluationRun
from assay.evaluations.planning import add_version, make_plan
from assay.evaluations.starting import start
from assay.evaluations.stopping import cancel
from assay.evaluations.verdicts import standing_of
from generation.models import CheckpointSeries, Sighting
from tests.assay.evaluations.conftest import checkpoint, version_with

pytestmark = pytest.mark.django_db


def exit_code(*arguments: str) -> int:
    try:
        call_command("verdict", *arguments)
    except SystemExit as ended:
        return int(ended.code)
    return 0


@pytest.fixture
def heron(plan, series):
    return checkpoint(series, 100)


def decide(plan, heron, verdict: str) -> EvaluationRun:
    run = start(plan, heron)
    EvaluationRun.objects.filter(pk=run.pk).update(status="decided", verdict=verdict)
    return run


@pytest.mark.parametrize(
    ("verdict", "code"), [("pass", 0), ("improvement", 0), ("fail", 10), ("inconclusive", 11)]
)
def test_each_verdict_has_its_exit_code(plan, heron, capsys, verdict, code):
    decide(plan, heron, verdict)
    assert exit_code("heron-100") == code
    assert f"heron-100: {verdict}" in capsys.readouterr().out


def test_one_that_has_not_begun_or_still_runs_is_not_finished(plan, heron):
    assert exit_code("heron-100") == 12
    start(plan, heron)
    assert exit_code("heron-100") == 12
    assert exit_code("heron-100", "--wait", "--timeout", "0.1") == 12


def test_waiting_ends_with_the_verdict(plan, heron, monkeypatch):
    from assay.evaluations.management.commands import verdict as command

    run = start(plan, heron)

    def meanwhile(seconds: float) -> None:
        EvaluationRun.objects.filter(pk=run.pk).update(status="decided", verdict="fail")

    monkeypatch.setattr(command.time, "sleep", meanwhile)
    assert exit_code("heron-100", "--wait") == 10


def test_what_went_wrong_is_an_error_and_none_of_the_codes(plan, heron):
    cancel(start(plan, heron))
    with pytest.raises(CommandError, match="weekly of heron-100 cancelled: cancelled by a command") as told:
        call_command("verdict", "heron-100")
    assert told.value.returncode == 1


def test_a_name_nobody_knows_and_one_that_nothing_evaluates_are_errors(plan, heron, baseline):
    with pytest.raises(CommandError, match="no checkpoint 'swan'"):
        call_command("verdict", "swan")
    with pytest.raises(CommandError, match="nothing evaluates plover"):
        call_command("verdict", "plover")


def test_a_folder_that_was_refused_is_an_error_with_its_reason(series):
    seen = {"series": series, "uri": "/x/step-3", "name": "step-3", "fingerprint": "0" * 64}
    Sighting.objects.create(**seen, status="refused", reason="a pickle")
    with pytest.raises(CommandError, match="herons: step-3 was refused: a pickle"):
        call_command("verdict", "step-3")
    Sighting.objects.update(status="watched", reason="")
    assert standing_of("step-3").exit_code == 12


def test_one_that_no_plan_will_take_is_an_error_and_nobody_waits_for_it(plan, heron, prompts, baseline):
    add_version(plan, version_with(baseline, cadence="nth", every_nth_step=200), [prompts])
    with pytest.raises(CommandError, match="nothing evaluates heron-100"):
        call_command("verdict", "heron-100", "--wait")


def folder(heron) -> Sighting:
    seen = {"series": heron.series, "uri": "/x/step-100", "name": "step-100", "fingerprint": "0" * 64}
    return Sighting.objects.create(**seen, status="registered", checkpoint=heron)


def test_a_folder_s_verdict_is_that_of_the_plan_that_was_asked_for(plan, heron, prompts, baseline):
    folder(heron)
    decide(plan, heron, "fail")
    decide(make_plan("daily", heron.series, version_with(baseline), [prompts]), heron, "pass")
    assert (exit_code("step-100"), exit_code("step-100", "--evaluation", "daily")) == (10, 0)
    with pytest.raises(CommandError, match="no plan 'monthly'"):
        call_command("verdict", "step-100", "--evaluation", "monthly")


def test_a_folder_s_name_that_two_series_have_is_no_answer_for_either(plan, heron):
    decide(plan, heron, "pass")
    seen = folder(heron)
    other = CheckpointSeries.objects.create(slug="ducks", title="Ducks")
    Sighting.objects.create(series=other, uri="/y/step-100", name="step-100", fingerprint="1" * 64)
    with pytest.raises(CommandError, match=r"several series have .* ducks-step-100, herons-step-100"):
        call_command("verdict", "step-100")
    assert exit_code("step-100", "--evaluation", "weekly") == 0 and seen.checkpoint == heron
