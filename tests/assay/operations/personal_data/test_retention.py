"""What is kept for a time goes when the time is over, and not before."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from assay.accounts.models import AuditEvent, User
from assay.operations.personal_data.retention import RULES, apply_retention, would_take
from assay.operations.tasks import apply_retention_task
from promptsets.models import PromptFile
from raters.models import Assignment, Enrolment, Invitation, Judgment
from raters.studies.phases import take
from tests import builders

LONG_AGO = timezone.now() - timedelta(days=400)


def finish(study, at=LONG_AGO) -> None:
    take(study, "finish")
    AuditEvent.objects.filter(action="study.finished", target_id=study.pk).rewrite(at=at)


def left(site) -> dict[str, bool]:
    """Which of Rita's traces are there."""
    user = User.objects.get(pk=site.rita.user.pk)
    return {
        "recruitment": Enrolment.objects.get(rater=site.rita, study=site.study).recruitment != {},
        "label": Invitation.objects.get().label != "",
        "email": user.email != "" or EmailAddress.objects.filter(user=user).exists(),
        "name": user.last_name != "",
        "draft": Assignment.objects.exclude(draft={}).exists(),
        "session": Session.objects.exists(),
    }


def test_nothing_goes_while_the_study_runs(site):
    assert set(apply_retention().values()) == {0}
    assert all(left(site).values())


def test_all_goes_long_after_its_end_and_judgments_stay(site):
    finish(site.study)
    apply_retention()
    assert not any(left(site).values())
    assert Judgment.objects.exclude(comment="").count() == 44


@pytest.mark.parametrize("days, gone", [(29, set()), (31, {"draft", "session"}), (179, {"draft", "session"})])
def test_each_kind_has_its_own_time(site, days, gone):
    finish(site.study, timezone.now() - timedelta(days=days))
    apply_retention()
    assert {name for name, there in left(site).items() if not there} == gone


def test_who_still_takes_part_elsewhere_keeps_address_and_session(site):
    Enrolment.objects.create(study=builders.study(slug="winter"), rater=site.rita)
    finish(site.study)
    apply_retention()
    there = left(site)
    assert there["email"] and there["session"] and not there["recruitment"]


def test_of_staff_nothing_goes(site, researcher):
    finish(site.study)
    apply_retention()
    assert User.objects.get(pk=researcher.pk).email == "rosa@example.org"


def test_the_audit_log_loses_addresses_and_nothing_else(site):
    detail = {"address": "192.0.2.7", "email": "x@example.org", "role": "researcher"}
    for at in (LONG_AGO, timezone.now()):
        event = AuditEvent.objects.create(
            actor=site.admin,
            action="person.invited",
            target_type="x",
            target_id="1",
            target="y",
            detail=detail,
        )
        AuditEvent.objects.filter(pk=event.pk).rewrite(at=at)
    apply_retention()
    new, old = AuditEvent.objects.filter(action="person.invited")
    assert (old.detail, new.detail) == ({"role": "researcher"}, detail)


def test_uploaded_files_go(site):
    old, new = (PromptFile.objects.create(owner=site.admin, name=name, content=b"x") for name in "ab")
    PromptFile.objects.filter(pk=old.pk).update(created_at=F("created_at") - timedelta(days=2))
    apply_retention()
    assert list(PromptFile.objects.all()) == [new]


def test_sessions_that_have_ended_go_whosever_they_are(site):
    Session.objects.update(expire_date=LONG_AGO)
    apply_retention()
    assert not Session.objects.exists()


def test_the_second_time_finds_nothing(site):
    finish(site.study)
    first, second = apply_retention(), apply_retention()
    assert any(first.values()) and not any(second.values())


def test_a_dry_run_says_the_same_and_changes_nothing(site):
    finish(site.study)
    assert (looked := would_take()) and all(left(site).values())
    assert apply_retention() == looked


def test_settings_say_how_long(site, settings):
    finish(site.study, timezone.now() - timedelta(minutes=1))
    for days, _ in RULES.values():
        setattr(settings, days, 0)
    apply_retention()
    assert not any(left(site).values())


def test_command_and_task_do_it(site, capsys):
    finish(site.study)
    call_command("apply_retention", dry_run=True)
    assert "1  drafts" in capsys.readouterr().out and left(site)["draft"]
    apply_retention_task()
    assert not left(site)["draft"]
    call_command("apply_retention")
    assert "0  drafts" in capsys.readouterr().out
