"""Exports by the API: asked for, followed, taken away, cancelled; and the client that does it in one call."""

import json

import pytest

from assay.accounts.models import AuditEvent
from assay.api.client_commands import main
from assay.api.scopes import SCOPES
from assay.api.tokens import make_token
from assay.evaluations.models import EvaluationRun
from assay.takeaway import making, tasks
from assay.takeaway.models import Export
from assay.takeaway.tasks import work_off
from raters.models import StudyMember
from tests import builders
from tests.evaluated import series_with_verdicts


@pytest.fixture
def study(db, settings, tmp_path):
    settings.EXPORT_ROOT = tmp_path / "exports"
    return builders.study(prompts=4)


def test_an_export_is_asked_for_followed_and_taken_away(api, study):
    asked = api.post(f"studies/{study.slug}/exports", {"kind": "responses", "format": "jsonl"})
    assert asked.status_code == 202 and asked.json()["status"] == "queued"
    address = asked.headers["Location"].removeprefix("/api/v1/")
    assert api.get(f"{address}/file").status_code == 422
    work_off()
    assert api.get(address).json()["status"] == "done"
    taken = api.get(f"{address}/file")
    assert taken.headers["Content-Disposition"].endswith(f'"{study.slug}-responses.jsonl"')
    assert len(b"".join(taken.streaming_content).splitlines()) == 8
    assert AuditEvent.objects.filter(action="export.opened").count() == 1


@pytest.mark.parametrize("key", ["", "k1"])
def test_a_worker_is_told_of_an_export_once_it_is_kept(
    api, study, key, settings, monkeypatch, django_capture_on_commit_callbacks
):
    """Under a key the answer is stored in one transaction with the export: a worker told within it finds none."""
    settings.REDIS_URL, told = "redis://nowhere", []
    monkeypatch.setattr(tasks.make_export, "delay", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        asked = api.post(f"studies/{study.slug}/exports", {"kind": "judgments", "format": "csv"}, key=key)
        assert asked.status_code == 202 and told == []
    assert told == [Export.objects.get().pk]


def test_what_there_is_not_is_told_with_what_there_is(api, study):
    told = api.post(f"studies/{study.slug}/exports", {"kind": "songs", "format": "csv"})
    assert told.status_code == 422 and "judgments" in told.json()["detail"]


def test_one_that_is_not_made_yet_is_cancelled(api, study):
    asked = api.post(f"studies/{study.slug}/exports", {"kind": "judgments", "format": "csv"}).json()
    assert api.post(f"exports/{asked['token']}/cancel").json()["status"] == "cancelled"
    assert api.post(f"exports/{asked['token']}/cancel").status_code == 422


def test_a_stranger_s_exports_are_not_there(api_of, study, researcher):
    StudyMember.objects.create(study=study, user=researcher, role="owner")
    made = making.request_export(study, "judgments", "csv")
    stranger = api_of(builders.researcher("sam"))
    assert stranger.get(f"exports/{made.token}").status_code == 404
    assert stranger.get(f"studies/{study.slug}/exports").status_code == 404


@pytest.fixture
def environment(transactional_db, live_server) -> dict[str, str]:
    secret = make_token(builders.researcher(), "pipeline", list(SCOPES), 1, None).secret
    return {"ASSAY_URL": live_server.url, "ASSAY_TOKEN": secret}


def test_the_client_fetches_a_file_in_one_command(environment, settings, tmp_path, monkeypatch, capsys):
    settings.EXPORT_ROOT = tmp_path / "exports"
    study = builders.study(prompts=4)
    monkeypatch.setattr("assay.api.exports.wake", lambda tokens: work_off())
    out = tmp_path / "taken.jsonl"
    command = ["export", study.slug, "--kind", "responses", "--format", "jsonl", "--out", str(out)]
    assert main(command, environment) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "done" and len(out.read_text().splitlines()) == 8


def test_the_client_s_verdict_is_an_exit_code(environment):
    series_with_verdicts()
    EvaluationRun.objects.filter(checkpoint__name="heron-100").update(verdict="inconclusive")
    assert main(["verdict", "heron-300", "--wait"], environment) == 10
    assert main(["verdict", "heron-100"], environment) == 11
    assert main(["verdict", "swan"], environment) == 1


def test_waiting_for_a_verdict_ends_with_the_time(environment):
    plan = series_with_verdicts(win_rates=(0.7,))
    EvaluationRun.objects.filter(evaluation=plan).update(verdict=None, status="running", decision={})
    assert main(["verdict", "heron-100", "--wait", "--timeout-s", "0"], environment) == 12
