"""An export's way through the ledger: asked for, made whole, told, cancelled, expired; never half a file."""

import hashlib
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assay.accounts.models import AuditEvent
from assay.takeaway import making, source
from assay.takeaway.making import cancel, claim, expire, request_export, work_on
from assay.takeaway.models import Export
from assay.takeaway.tasks import make_export, wake_due, work_off
from tests.assay.takeaway.conftest import exported


def ask(study, user=None, kind="judgments", format_="jsonl", **filters) -> Export:
    return request_export(study, kind, format_, filters, user)


def names_in(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_ledger_says_what_the_file_is(judged, researcher):
    export = ask(judged, researcher, counted=True)
    assert work_off() == 1
    export.refresh_from_db()
    content = export.path.read_bytes()
    assert content == exported(judged, "judgments", counted=True)
    assert (export.status, export.bytes, export.rows_done) == ("done", len(content), 48)
    assert export.sha256 == hashlib.sha256(content).hexdigest()
    assert export.expires_at - export.finished_at == timedelta(hours=72)


@pytest.mark.parametrize("act", [make_export, lambda _: work_off()])
def test_celery_and_the_embedded_worker_make_the_same(judged, act):
    export = ask(judged, kind="card", format_="json")
    act(export.pk)
    export.refresh_from_db()
    assert export.path.read_bytes() == exported(judged, "card", "json")


def test_a_doubled_message_does_nothing_twice(judged):
    export = ask(judged)
    make_export(export.pk)
    make_export(export.pk)
    export.refresh_from_db()
    assert export.attempts == 1


def test_every_step_is_audited(judged, researcher):
    export = ask(judged, researcher)
    work_off()
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expire()
    found = AuditEvent.objects.filter(target_id=str(export.pk), action__startswith="export").order_by("pk")
    assert [(one.action, one.actor) for one in found] == [
        ("export.requested", researcher),
        ("export.made", None),
        ("export.expired", None),
    ]


def test_a_failure_is_told_and_leaves_no_file(judged, settings, tmp_path):
    settings.CARD_KEY = tmp_path / "none.pem"
    export = ask(judged, kind="card", format_="json")
    work_off()
    export.refresh_from_db()
    assert export.status == "failed" and "python manage.py card_key" in export.error
    assert names_in(settings.EXPORT_ROOT) == []


def test_one_that_is_cancelled_while_it_waits_is_never_made(judged):
    export = ask(judged)
    assert cancel(export) and not cancel(export)
    assert work_off() == 0 and not export.path.exists()


def test_one_that_is_cancelled_while_it_is_made_leaves_nothing(judged, settings, monkeypatch):
    monkeypatch.setattr(making, "TELL_EVERY_S", 0.0)
    export = ask(judged)
    held = claim("worker")
    step = held.step
    held.step = lambda: (cancel(export) if held.rows == 3 else None, step())
    work_on(held)
    export.refresh_from_db()
    assert export.status == "cancelled" and names_in(settings.EXPORT_ROOT) == []


def test_a_worker_that_is_told_to_stop_puts_it_back(judged, settings, monkeypatch):
    monkeypatch.setattr(making, "TELL_EVERY_S", 0.0)
    export = ask(judged)
    work_on(claim("worker", stop=lambda: True))
    export.refresh_from_db()
    assert (export.status, export.attempts) == ("queued", 0) and names_in(settings.EXPORT_ROOT) == []


def test_a_worker_that_lost_its_lease_cannot_put_its_file_in_place(judged, settings):
    export = ask(judged)
    late = claim("late")
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work_on(claim("quick"))
    export.refresh_from_db()
    before = export.path.stat().st_mtime_ns
    work_on(late)
    assert export.path.stat().st_mtime_ns == before and names_in(settings.EXPORT_ROOT) == [export.path.name]


def test_a_file_is_removed_when_its_time_is_over(judged):
    export = ask(judged)
    work_off()
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    wake_due()
    export.refresh_from_db()
    assert export.status == "expired" and not export.path.exists()


def test_one_that_kills_its_worker_each_time_is_given_up(judged):
    export = ask(judged)
    for _ in range(making.ATTEMPTS):
        assert claim("doomed")
        Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim("next") is None
    export.refresh_from_db()
    assert export.status == "failed" and "fell silent" in export.error


def test_nothing_half_written_stands_where_the_command_writes(judged, tmp_path, monkeypatch, capsys):
    out = tmp_path / "judgments.parquet"
    call_command("export", judged.slug, kind="judgments", out=out)
    assert out.read_bytes() == exported(judged, "judgments", "parquet")
    assert hashlib.sha256(out.read_bytes()).hexdigest() in capsys.readouterr().out
    before = out.read_bytes()
    monkeypatch.setattr(making.os, "fsync", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call_command("export", judged.slug, kind="judgments", out=out)
    assert out.read_bytes() == before and ".judgments.parquet.part" not in names_in(tmp_path)


def test_the_command_says_which_formats_there_are(judged, tmp_path):
    with pytest.raises(CommandError, match=r"reports go out as json, json\.gz, not as 'csv'"):
        call_command("export", judged.slug, kind="reports", out=tmp_path / "reports.csv")


def test_the_command_is_audited(judged, tmp_path):
    call_command("export", judged.slug, kind="preferences", out=tmp_path / "pairs.jsonl", rule="each")
    event = AuditEvent.objects.get(action="study.exported")
    assert event.detail["filters"] == {"rule": "each"} and event.detail["kind"] == "preferences"


def test_pages_are_cut_anywhere_without_loss(judged, monkeypatch):
    whole = exported(judged, "judgments")
    monkeypatch.setattr(source.pages, "__kwdefaults__", {"size": 5})
    assert exported(judged, "judgments") == whole
