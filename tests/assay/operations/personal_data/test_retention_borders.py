"""Whose time is over and whose is not: studies opened again, links for many, people who also plan studies."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from assay.accounts.models import AuditEvent, User
from assay.operations.personal_data.retention import apply_retention
from raters.models import Enrolment, Invitation, Study
from raters.way_in.inviting import invite
from tests import builders

PIDS = {"PROLIFIC_PID": "5f00rita"}


@pytest.fixture
def part(rater) -> Enrolment:
    Enrolment.objects.filter(rater=rater).update(recruitment=PIDS)
    return Enrolment.objects.get(rater=rater)


def finished(study: Study, *days_ago: int, status: str = "closed") -> None:
    """As if it had been finished so many days ago, each time anew."""
    for days in days_ago:
        event = AuditEvent.objects.create(
            action="study.finished", target_type="raters.study", target_id=str(study.pk), target=str(study)
        )
        AuditEvent.objects.filter(pk=event.pk).rewrite(at=timezone.now() - timedelta(days=days))
    Study.objects.filter(pk=study.pk).update(status=status)


@pytest.mark.parametrize(
    ("days_ago", "status", "stays"),
    [
        ([181], "closed", False),
        ([179], "closed", True),
        ([400, 179], "closed", True),  # opened again, and ended anew
        ([400, 181], "closed", False),
        ([400], "collecting", True),  # opened again, and going on
    ],
)
def test_the_last_end_of_a_study_counts_and_only_once_it_is_over(part, days_ago, status, stays):
    finished(part.study, *days_ago, status=status)
    apply_retention()
    part.refresh_from_db()
    assert (part.recruitment == PIDS) is stays


def test_another_studys_end_is_not_ones_own(part):
    other = builders.study(slug="winter")
    finished(other, 400)
    event = {"action": "study.paused", "target_type": "raters.study", "target_id": str(part.study_id)}
    made = AuditEvent.objects.create(**event, target="autumn")
    AuditEvent.objects.filter(pk=made.pk).rewrite(at=timezone.now() - timedelta(days=400))
    Study.objects.filter(pk=part.study_id).update(status="closed")
    apply_retention()
    part.refresh_from_db()
    assert part.recruitment == PIDS


def test_the_label_of_a_link_for_one_goes_and_that_of_a_link_for_many_stays(part):
    invite(part.study, label="Rita Rossi")
    invite(part.study, label="Poster in the hall", uses=50)
    finished(part.study, 400)
    assert apply_retention()["labels of invitations for one person"] == 1
    assert set(Invitation.objects.values_list("label", flat=True)) == {"", "Poster in the hall"}


@pytest.mark.parametrize("fields", [{"role": "researcher"}, {"is_staff": True}, {"is_superuser": True}])
def test_of_a_rater_who_came_to_see_names_nothing_goes(part, fields):
    User.objects.filter(pk=part.rater.user_id).update(first_name="Rita", **fields)
    EmailAddress.objects.create(user=part.rater.user, email="rita@example.org")
    finished(part.study, 400)
    apply_retention()
    user = User.objects.get(pk=part.rater.user_id)
    assert (user.email, user.first_name, EmailAddress.objects.count()) == ("rita@example.org", "Rita", 1)


def test_with_a_session_goes_what_is_known_of_the_browser_and_others_stay(part, researcher):
    for user in (part.rater.user, researcher):
        browser = Client()
        browser.force_login(user)
        address = {"user_agent": "Firefox/140.0", "ip": "192.0.2.7"}
        UserSession.objects.get_or_create(
            user=user, session_key=browser.session.session_key, defaults=address
        )
    finished(part.study, 400)
    assert apply_retention()["sessions"] == 1
    assert [one.user for one in UserSession.objects.all()] == [researcher]
    assert Session.objects.get().pk == UserSession.objects.get().session_key


def test_only_rows_from_which_something_was_taken_are_counted(part):
    builders.rater(part.study, "otto")  # came without an ID of a recruiting site
    finished(part.study, 400)
    taken = apply_retention()
    assert taken["IDs of recruiting sites"] == 1
    assert taken["raters' names and e-mail addresses"] == 2
    assert taken["drafts"] == taken["addresses in the audit log"] == taken["uploaded files"] == 0
