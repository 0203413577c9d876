"""`manage.py verdict`: one answer, one exit code."""

import pytest
from django.core.management import CommandError, call_command

from assay.evaluations.models import EvaluationRun
from assay.evaluations.starting import start
from assay.evaluations.stopping import cancel
from assay.evaluations.verdicts import standing_of
from generation.models import Sighting
from tests.assay.evaluations.conftest import checkpoint

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
