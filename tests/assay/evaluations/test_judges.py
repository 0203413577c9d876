"""Plans that a language model judges, alone or beside people: asked in both orders, and said wherever it counts."""

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse

from assay.evaluations.budgets import tokens_spent
from assay.evaluations.models import EvaluationRun, Measure
from assay.evaluations.planning import add_version, make_plan
from assay.evaluations.telling import message
from assay.evaluations.verdicts import standing_of
from raters.models import Comparison, Enrolment, Judgment, Study
from raters.studies.exclusions import excluded_raters
from tests.assay.evaluations.conftest import checkpoint, conclude, settle_down, version_with
from tests.assay.evaluations.test_collecting import judge_by_people
from tests.generation.endpoint_server import Said, chat
from tests.generation.endpoints import heron as owl

pytestmark = pytest.mark.django_db
SIDE = re.compile(r"<response-([AB])-1>\n(.*?)\n</response-", re.DOTALL)


@pytest.fixture
def judge_model(server):
    """One that likes what the series wrote, wherever it stands, and of two such what stands first."""
    server.answer = lambda asked: saying(side_of(asked.text))
    return owl(server)


def side_of(text: str) -> str:
    return next(side for side, said in SIDE.findall(text) if " says " in said)


def saying(side: str):
    """A whole reply under the rubric for instructions, in favour of A or B."""
    criteria = [f"{name}: {side}" for name in ("HELPFUL", "CORRECT", "INSTRUCTIONS", "STYLE")]
    return chat("\n".join([*criteria, f"VERDICT: {side}_SLIGHTLY", "TIE: none"]))


@pytest.fixture
def alone(plan, prompts, baseline, judge_model):
    """The plan, judged by the model alone, telling by e-mail."""
    terms = {"judged_by": "model", "judge": judge_model, "emails": ["ann@example.org"]}
    add_version(plan, version_with(baseline, **terms), [prompts])
    return plan


@pytest.fixture
def both(plan, prompts, baseline, judge_model):
    add_version(plan, version_with(baseline, judged_by="both", judge=judge_model), [prompts])
    return plan


def decided(series, step: int = 100) -> EvaluationRun:
    checkpoint(series, step)
    settle_down(ticks=4)
    conclude()
    return EvaluationRun.objects.get(checkpoint__step=step)


def test_a_model_alone_passes_the_verdict_and_no_person_is_asked(alone, series):
    run = decided(series)
    (gate,) = run.decision.values()
    assert (run.status, run.verdict) == ("decided", "improvement")
    assert (gate["value"], gate["n"], gate["prompts"], gate["raters"]) == (0.5, 12, 12, 1)
    assert not Enrolment.objects.exists() and Study.objects.get().status == "closed"
    assert set(Judgment.objects.values_list("assignment__purpose", flat=True)) == {"judge"}


def test_such_a_verdict_says_so_wherever_it_stands(alone, series, client, researcher):
    run = decided(series)
    said = "judged by the language model heron alone: no person judged"
    assert said in run.decision["baseline on everyday@1"]["notes"]
    assert said in mail.outbox[0].body.lower()
    assert (message(run)["judged_by"], message(run)["judge"], message(run)["caveat"]) == (
        "model",
        "heron",
        said,
    )
    assert said in standing_of("heron-100").lines[0]
    client.force_login(researcher)
    page = client.get(reverse("dashboards:evaluation_run", args=["weekly", run.pk])).text
    assert "The language model heron judged alone" in page and "a language model alone</span>" in page
    timeline = client.get(reverse("dashboards:series", args=["herons"])).text
    assert "a language model alone</span>" in timeline and "by a language model, everyday" in timeline


def test_its_win_rate_stands_apart_from_that_of_people(alone, series):
    run = decided(series)
    (measure,) = Measure.objects.filter(of__run=run)
    assert (measure.name, measure.value) == ("judge_win_rate", 1.0) and "heron" in measure.method
    report = Study.objects.get().reports.first()
    assert (
        report.judgments == 0 and not report.estimates.filter(name="win_rate", value__isnull=False).exists()
    )


def test_the_card_of_its_study_says_that_no_person_judged(alone, series, tmp_path, settings):
    from assay.takeaway.card import card_of
    from assay.takeaway.evidence import read_evidence

    decided(series)
    path = tmp_path / "study.jsonl"
    call_command("export", Study.objects.get().slug, "--kind", "study", "--out", str(path))
    card = card_of(read_evidence(path))
    assert any(limit.startswith("No person judged") for limit in card["limits"])
    assert card["numbers"]["judgments"]["not_counted"] == {"by_a_language_model": 24}


def test_a_model_that_contradicts_itself_gives_ties(alone, series, judge_model, server):
    server.answer = lambda asked: saying("A")
    run = decided(series)
    assert run.decision["baseline on everyday@1"]["value"] == 0
    assert (
        Judgment.objects.filter(preference="a").count()
        == Judgment.objects.filter(preference="b").count()
        == 12
    )


def test_equal_texts_are_ties_without_being_asked_and_nothing_is_borrowed_from_people(
    alone, series, writer, server
):
    writer.own = lambda name, number: number >= 7
    decided(series)
    server.asked.clear()
    run = decided(series, 200)
    rows = Comparison.objects.filter(study__of_evaluation_run__run=run)
    of = rows.filter(study__of_evaluation_run__against="previous").values_list("status", flat=True)
    assert sorted(of) == ["equal"] * 7 + ["open"] * 5 and not rows.filter(status="reused").exists()
    assert run.decision["previous on everyday@1"]["n"] == 12


def test_what_it_has_said_of_the_same_two_texts_is_not_asked_again(alone, series, writer, server):
    writer.own = lambda name, number: number >= 7
    decided(series)
    server.asked.clear()
    decided(series, 200)
    assert (
        len(server.asked) == 2 * 5 + 2 * 5
    )  # what differs from the one before, and what is new to the baseline


def test_with_many_replies_that_cannot_be_read_nothing_is_decided(alone, series, server):
    replies = iter(range(1000))
    server.answer = lambda asked: saying("A") if next(replies) % 3 else chat("I would rather not say.")
    run = decided(series)
    assert run.verdict == "inconclusive"
    assert "of the comparisons could be read" in " ".join(run.decision["baseline on everyday@1"]["notes"])


def test_a_judge_that_cannot_be_had_fails_the_run_with_its_reason(alone, series, server, settings):
    settings.CHUNK_ATTEMPTS = 1
    server.answer = lambda asked: Said(401)
    run = decided(series)
    assert run.status == "failed" and "heron could not be asked about everything" in run.reason


def test_beside_people_it_moves_no_bit_of_their_verdict(both, series):
    checkpoint(series, 100)
    settle_down()
    assert Study.objects.get().status == "collecting"
    assert judge_by_people() == 24
    conclude()
    run = EvaluationRun.objects.get()
    gate = run.decision["baseline on everyday@1"]
    assert (run.verdict, gate["n"], gate["raters"]) == ("improvement", 24, 2)
    assert (gate["model"]["value"], gate["model"]["n"]) == (1.0, 12) and run.caveat == ""
    assert set(Measure.objects.values_list("name", "n")) == {("win_rate", 24), ("judge_win_rate", 12)}
    assert excluded_raters(Study.objects.get()) == {}


def test_beside_people_one_that_cannot_be_had_holds_up_nothing(both, series, server, settings):
    settings.CHUNK_ATTEMPTS = 1
    server.answer = lambda asked: Said(401)
    checkpoint(series, 100)
    settle_down()
    judge_by_people()
    conclude()
    run = EvaluationRun.objects.get()
    assert run.verdict == "improvement" and "model" not in run.decision["baseline on everyday@1"]
    said = " ".join(line.text for line in run.steps.get(name="collect").lines.all())
    assert "heron could not be asked about everything" in said


def test_the_page_shows_what_the_model_says_beside_people(both, series, client, researcher):
    checkpoint(series, 100)
    settle_down()
    judge_by_people()
    conclude()
    client.force_login(researcher)
    page = client.get(
        reverse("dashboards:evaluation_run", args=["weekly", EvaluationRun.objects.get().pk])
    ).text
    assert "beside the people, heron gives a win rate of 100.0%" in page
    assert "judged alone" not in page


def test_its_tokens_are_part_of_the_day_s(alone, series):
    decided(series)
    assert tokens_spent(alone) == 12 * 3 + 24 * 3


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"judged_by": "model"}, "judge must name the language model"),
        ({"judged_by": "humans", "judge": "owl"}, "but raters alone judge"),
        ({"judged_by": "model", "judge": "plover"}, "whose responses were imported"),
        ({"judged_by": "both", "judge": "heron-1"}, "would judge its own responses"),
        ({"judged_by": "model", "judge": "owl", "stops_early": True}, "no rater is asked"),
        ({"judged_by": "model", "judge": "owl", "judgments_a_week": 9}, "no person is asked"),
    ],
)
def test_a_judge_that_makes_no_sense_is_refused(series, prompts, baseline, judge_model, terms, message):
    known = {"owl": judge_model, "plover": baseline, "heron-1": checkpoint(series, 1)}
    given = {name: known.get(value, value) if name == "judge" else value for name, value in terms.items()}
    with pytest.raises(ValueError, match=message):
        make_plan("weekly", series, version_with(baseline, **given), [prompts])


def test_the_command_names_the_judge(series, prompts, baseline, judge_model, capsys):
    given = ["nightly", "--series", "herons", "--prompt-set", "everyday", "--baseline", "plover"]
    call_command("plan_evaluation", *given, "--judged-by", "model", "--judge", "heron")
    assert series.evaluations.get().current.judged_alone_by == judge_model
    with pytest.raises(CommandError, match="no checkpoint 'swan' for a judge"):
        call_command("plan_evaluation", *given, "--judged-by", "model", "--judge", "swan")
