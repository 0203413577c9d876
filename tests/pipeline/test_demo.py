"""`make demo SERVE=0`: the main job on what ships here, JAX included."""

import pytest
from django.core.management import call_command

from assay.accounts.models import User
from assay.evaluations import demo
from assay.evaluations.models import EvaluationRun
from assay.reports.models import Report
from generation.models import CheckpointSeries, Response
from raters.models import Judgment, Study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def roots(settings, tmp_path):
    settings.CHECKPOINT_ROOTS = [tmp_path]


def test_the_demo_ends_with_the_win_rate_table(roots, capsys):
    call_command("demo", "--no-serve")
    printed = capsys.readouterr().out
    assert "Demo: simulated raters: 120 judgments" in printed and "true win rate 55.0%" in printed
    assert Response.objects.count() == 120
    study = Study.objects.get(slug=demo.SIMULATED)
    assert Judgment.objects.counted(study).count() == 120
    check_responses()
    check_verdicts(printed)
    again(capsys)


def check_verdicts(printed: str) -> None:
    """The series of the candidate has its timeline: a step that fails the gate, and one that passes it."""
    verdicts = dict(EvaluationRun.objects.values_list("checkpoint__name", "verdict"))
    assert verdicts["tiny-recurrentgemma-early"] == "fail"
    assert verdicts["tiny-recurrentgemma-late"] in ("pass", "improvement")
    assert "tiny-recurrentgemma-early: fail (simulated raters: this says nothing about people)" in printed


def check_responses() -> None:
    """Every response is whole, but of the early step, which cannot recite yet."""
    early, late = CheckpointSeries.objects.get(slug="tiny-recurrentgemma").checkpoints.order_by("step")
    assert (early.responses.count(), late.responses.count()) == (40, 40)
    others = Response.objects.exclude(checkpoint=early)
    assert set(others.values_list("status", flat=True)) == {Response.Status.OK}
    assert "You need 6 litres." in {response.turns[0].split("\n")[0] for response in late.responses.all()}


def again(capsys) -> None:
    """A second run finds everything there: nothing is generated or judged twice."""
    responses, judgments = Response.objects.count(), Judgment.objects.count()
    call_command("demo", "--no-serve")
    assert (Response.objects.count(), Judgment.objects.count()) == (responses, judgments)
    assert Report.objects.count() == 2 + EvaluationRun.objects.count()


def test_its_sign_ins_work(client, db):
    from tests import builders

    people = demo.sign_ins(builders.study())
    for person in people:
        assert client.login(username=person.username, password=person.password)
    assert set(User.objects.values_list("role", flat=True)) == {"rater", "researcher"}
