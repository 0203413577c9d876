"""`make demo SERVE=0`: the main job on what ships here, JAX included."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from assay.accounts.models import User
from assay.evaluations.demo import main_job, training_run
from assay.evaluations.models import EvaluationRun
from generation.models import CheckpointSeries, Response
from generation.training.appearing import SPOILED, STEPS
from raters.models import Judgment, Study

# A training run and four evaluations: minutes where cores are slow or shared.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1500)]


@pytest.fixture
def roots(settings, tmp_path):
    settings.CHECKPOINT_ROOTS = [tmp_path]


def test_the_demo_ends_with_the_win_rate_table(roots, capsys):
    call_command("demo", "--no-serve")
    printed = capsys.readouterr().out
    assert "Demo: simulated raters: 120 judgments" in printed and "true win rate 55.0%" in printed
    study = Study.objects.get(slug=main_job.SIMULATED)
    assert Judgment.objects.counted(study).count() == 120
    check_responses()
    check_verdicts(printed)
    again(capsys)


def check_verdicts(printed: str) -> None:
    """Each checkpoint that the training wrote is found; the third, made worse on purpose, fails, the fourth passes."""
    verdicts = dict(EvaluationRun.objects.values_list("checkpoint__step", "verdict"))
    assert len(verdicts) == training_run.CHECKPOINTS == len(STEPS)
    assert verdicts[SPOILED] == "fail"
    assert verdicts[STEPS[-1]] in ("pass", "improvement")
    assert f"step-{SPOILED:06d}: fail (simulated raters: this says nothing about people)" in printed
    assert f"/series/{training_run.SERIES}/" in printed
    shown = Client()
    shown.force_login(User.objects.create_user("demo-reader", role="researcher"))
    page = shown.get(f"/series/{training_run.SERIES}/").text
    assert all(f"{training_run.SERIES}-step-{step:06d}" in page for step in STEPS)


def check_responses() -> None:
    """Every response of the main job is whole."""
    made = Response.objects.exclude(checkpoint__series__slug=training_run.SERIES)
    late = made.filter(checkpoint__series__slug="tiny-recurrentgemma")
    baseline = made.filter(checkpoint__series__slug="tiny-mistral")
    assert (late.count(), baseline.count()) == (40, 40)
    assert set((late | baseline).values_list("status", flat=True)) == {Response.Status.OK}
    assert "You need 6 litres." in {response.turns[0].split("\n")[0] for response in late}


def again(capsys) -> None:
    """A second run finds everything there: nothing is generated or judged twice."""
    responses, judgments = Response.objects.count(), Judgment.objects.count()
    call_command("demo", "--no-serve")
    assert (Response.objects.count(), Judgment.objects.count()) == (responses, judgments)
    assert CheckpointSeries.objects.get(slug=training_run.SERIES).checkpoints.count() == len(STEPS)


def test_a_training_that_breaks_off_ends_the_demo_with_its_reason(roots, monkeypatch, capsys):
    monkeypatch.setattr(main_job, "generate", lambda prompts, checkpoints: {})
    monkeypatch.setattr(main_job, "study", lambda *args, **options: None)
    monkeypatch.setattr(main_job, "judge_by_simulation", lambda study: 0)
    monkeypatch.setattr(training_run, "TRAINER", "no_such_module")
    with pytest.raises(CommandError, match="the training run ended with exit code 1"):
        call_command("demo", "--no-serve")


def test_its_sign_ins_work(client, db):
    from tests import builders

    people = main_job.sign_ins(builders.study())
    for person in people:
        assert client.login(username=person.username, password=person.password)
    assert set(User.objects.values_list("role", flat=True)) == {"rater", "researcher"}
