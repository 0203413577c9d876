"""What the e-mail and the webhook of a run say, by what became of it."""

import json
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from assay.evaluations.models import Delivery, EvaluationRun, EvaluationVersion
from assay.evaluations.starting import start
from assay.evaluations.stepping import NotYet
from assay.evaluations.telling import TRIES, as_text, message, tell
from generation.models import Checkpoint, CheckpointSeries
from tests.assay.evaluations.conftest import checkpoint

pytestmark = pytest.mark.django_db
GATE = {"verdict": "pass", "value": 0.031, "low": -0.02, "high": 0.0825, "n": 240, "margin": 0.05}


@pytest.fixture
def run(plan, series, settings) -> EvaluationRun:
    settings.SITE_URL = "https://assay.example.org"
    return start(plan, checkpoint(series, 100))


def became(run: EvaluationRun, **fields) -> EvaluationRun:
    EvaluationRun.objects.filter(pk=run.pk).update(**fields)
    return EvaluationRun.objects.get(pk=run.pk)


def decided(run: EvaluationRun, **gates) -> EvaluationRun:
    at = datetime(2026, 11, 24, 16, 10, tzinfo=UTC)
    return became(run, status="decided", verdict="pass", decided_at=at, decision=gates)


def test_a_letter_gives_each_gate_in_points_with_its_interval_its_n_and_the_margin(run):
    gates = {"baseline on everyday@1": GATE, "previous on everyday@1": {"verdict": "inconclusive"}}
    lines = as_text(decided(run, **gates)).splitlines()
    assert lines == [
        "heron-100: pass",
        "",
        "baseline on everyday@1: pass, +3.1 points [-2.0, +8.2], n 240, margin 5",
        "previous on everyday@1: inconclusive",
        "",
        f"https://assay.example.org/evaluations/weekly/runs/{run.pk}/",
    ]


def judged_alone(run: EvaluationRun, by: str = "model") -> Checkpoint:
    owl = checkpoint(CheckpointSeries.objects.create(slug="owls", title="Owls"), 5)
    Checkpoint.objects.filter(pk=owl.pk).update(name="owl")
    EvaluationVersion.objects.filter(pk=run.version_id).update(judged_by=by, judge=owl)
    return owl


def test_what_a_model_says_beside_people_stands_below_their_gate(run):
    judged_alone(run, "both")
    beside = {"value": 0.512, "low": 0.44, "high": 0.58, "n": 96}
    text = as_text(decided(run, baseline=GATE | {"model": beside}))
    assert "  beside it, owl: win rate 51.2% [44.0, 58.0], n 96\n" in text and "no person" not in text


def test_where_no_person_judged_letter_and_message_say_so_first(run):
    judged_alone(run)
    found = decided(run, baseline=GATE)
    assert as_text(found).splitlines()[2] == "Judged by the language model owl alone: no person judged."
    told = message(found)
    assert (told["judged_by"], told["judge"]) == ("model", "owl") and "no person judged" in told["caveat"]


def test_a_message_of_a_verdict_holds_all_that_a_program_asks_for(run):
    told = message(decided(run, baseline=GATE))
    assert told == {
        "type": "evaluation.decided",
        "evaluation": "weekly",
        "version": 1,
        "run": run.pk,
        "checkpoint": "heron-100",
        "digest": run.checkpoint.digest,
        "series": "herons",
        "step": 100,
        "previous": None,
        "baseline": "plover",
        "verdict": "pass",
        "reason": "",
        "simulated": False,
        "judged_by": "humans",
        "judge": None,
        "caveat": "",
        "gates": {"baseline": GATE},
        "decided_at": "2026-11-24T16:10:00+00:00",
        "page": f"https://assay.example.org/evaluations/weekly/runs/{run.pk}/",
    }


def test_a_failure_is_told_with_its_reason_and_without_a_verdict(run, series):
    previous = checkpoint(series, 50)
    failed = became(run, status="failed", reason="generate: no disk", previous=previous)
    told = message(failed)
    assert (told["type"], told["verdict"], told["decided_at"]) == ("evaluation.failed", None, None)
    assert (told["reason"], told["previous"]) == ("generate: no disk", "heron-50")
    assert as_text(failed).splitlines()[:3] == ["heron-100: failed", "", "generate: no disk"]


def test_without_an_address_of_the_site_the_page_is_told_by_its_path(run, settings):
    settings.SITE_URL = ""
    assert message(run)["page"] == f"/evaluations/weekly/runs/{run.pk}/"


@pytest.fixture
def letters(run) -> EvaluationRun:
    """Two people are to be written to."""
    EvaluationVersion.objects.filter(pk=run.version_id).update(emails=["ann@example.org", "bo@example.org"])
    return decided(run, baseline=GATE)


def step_of(run: EvaluationRun):
    return run.steps.get(name="tell")


def test_each_is_written_to_once_with_the_verdict_in_the_subject(letters, mailoutbox):
    tell(letters, step_of(letters))
    tell(letters, step_of(letters))
    assert [letter.to for letter in mailoutbox] == [["ann@example.org"], ["bo@example.org"]]
    assert mailoutbox[0].subject == "[Assay] heron-100: pass (weekly)"
    ids = [letter.extra_headers["Message-ID"] for letter in mailoutbox]
    assert ids == [f"<{delivery.id}@assay>" for delivery in letters.deliveries.order_by("target")]
    assert sorted(line.text for line in step_of(letters).lines.all()) == [
        "told ann@example.org",
        "told bo@example.org",
    ]


@pytest.fixture
def away(monkeypatch) -> None:
    def broken(*arguments, **options):
        raise ConnectionError

    monkeypatch.setattr("assay.evaluations.telling.EmailMessage.send", broken)


def test_a_mail_server_that_is_away_is_asked_again_after_a_growing_while(letters, away):
    step, waits = step_of(letters), []
    for _ in range(3):
        with pytest.raises(NotYet, match="is tried again: ConnectionError") as put_off:
            tell(letters, step)
        waits.append(put_off.value.wait_s)
        with pytest.raises(NotYet):
            tell(letters, step)  # it is not due: nothing is tried
        Delivery.objects.update(not_before=timezone.now())
    assert set(letters.deliveries.values_list("attempts", flat=True)) == {3}
    assert 0.5 < waits[0] <= 2 and 1.5 < waits[1] <= 4 and 3.5 < waits[2] <= 8


def test_after_so_many_tries_it_is_given_up_and_the_step_says_so(letters, away):
    tell_once = step_of(letters)
    with pytest.raises(NotYet):
        tell(letters, tell_once)
    Delivery.objects.update(attempts=TRIES - 1, not_before=timezone.now())
    tell(letters, tell_once)
    assert set(letters.deliveries.values_list("status", "error")) == {("dead", "ConnectionError")}
    said = [line.text for line in tell_once.lines.all()]
    assert f"bo@example.org was not told, after {TRIES} tries: ConnectionError" in said


def test_a_webhook_without_its_key_in_the_environment_waits_for_it(run, settings):
    told = {"webhook_url": "https://hooks.example.org/x", "webhook_key_env": "HOOK_KEY"}
    EvaluationVersion.objects.filter(pk=run.version_id).update(**told)
    settings.ENDPOINT_KEYS = {}
    found = decided(run, baseline=GATE)
    with pytest.raises(NotYet, match="the environment holds no HOOK_KEY, which signs"):
        tell(found, step_of(found))
    kept = found.deliveries.get()
    assert (kept.kind, kept.status) == ("webhook", "waiting") and json.loads(kept.body) == message(found)
