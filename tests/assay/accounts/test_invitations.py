"""Whom an invitation reaches, when another may be sent, what is on record, and who is on the page of people."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from assay.accounts.inviting import accept, change_person, invite_person, send_invitation, withdraw
from assay.accounts.models import AuditEvent, StaffInvitation, User
from raters.models import Rater
from tests import builders

NORA = "nora@example.org"


@pytest.fixture
def anna(client, db) -> User:
    made = User.objects.create_user("anna", "anna@example.org", builders.PASSWORD, role="administrator")
    client.force_login(made)
    return made


def invite(actor: User, email: str = NORA, role: str = "researcher") -> StaffInvitation:
    return invite_person(email, role, actor).invitation


def told(action: str) -> AuditEvent:
    return AuditEvent.objects.get(action=action)


def test_the_letter_says_who_invites_as_what_and_holds_the_one_link(anna, mailoutbox):
    made = invite_person(NORA, "researcher", anna)
    assert send_invitation(made.invitation, f"https://assay.example.org/{made.token}") == ""
    [letter] = mailoutbox
    assert letter.to == [NORA] and "anna invites you to Assay as Researcher" in letter.body
    assert re.findall(r"https://\S+", letter.body) == [f"https://assay.example.org/{made.token}"]
    event = told("person.invited")
    assert (event.actor, event.detail) == (anna, {"email": NORA, "role": "researcher"})
    assert made.invitation.invited_by == anna


def test_no_letter_goes_out_for_an_invitation_that_was_not_kept(client, anna, mailoutbox):
    invite(anna)
    form = {"email": NORA.upper(), "role": "researcher"}
    assert "invited already" in client.post(reverse("people"), form).text
    assert mailoutbox == [] and StaffInvitation.objects.count() == 1


def test_a_week_later_the_link_is_over_and_another_may_be_sent(anna):
    made = invite(anna)
    for day, is_open in ((6.99, True), (7.01, False)):
        with time_machine.travel(made.expires_at - timedelta(days=7 - day)):
            assert made.is_open is is_open
    with time_machine.travel(made.expires_at, tick=False):
        assert made.over == "expired"  # at that very moment
    StaffInvitation.objects.update(expires_at=timezone.now())
    assert invite(anna).pk != made.pk


def test_a_withdrawn_invitation_makes_room_for_another_and_is_withdrawn_once(anna):
    made = invite(anna)
    assert [withdraw(made, anna), withdraw(made, anna)] == [True, False]
    assert told("person.uninvited").target_id == str(made.pk)
    assert invite(anna).is_open


def test_of_two_who_follow_the_link_the_second_makes_no_account(anna):
    made = invite(anna)
    nora, nick = User(username="nora"), User(username="nick")
    assert accept(made, nora) == nora and accept(made, nick) is None
    assert list(User.objects.order_by("pk")) == [anna, nora]
    assert withdraw(made, anna) is False  # who has joined is not uninvited
    event = told("person.joined")
    assert (event.actor, event.detail) == (nora, {"role": "researcher"})


def test_a_form_that_nobody_has_filled_in_yet_tells_of_no_mistake(client, anna):
    link = invite_person(NORA, "researcher", anna).token
    for page in (reverse("people"), reverse("join_staff", args=[link])):
        answer = client.get(page)
        assert answer.status_code == 200 and "errorlist" not in answer.text


def test_a_link_that_somebody_made_up_is_not_found(client, anna):
    invite(anna)  # which it must not open
    assert client.get(reverse("join_staff", args=["made-up"])).status_code == 404


@pytest.mark.parametrize("form", [{"email": NORA, "role": "rater"}, {"email": "nora", "role": "researcher"}])
def test_only_staff_is_invited_and_only_by_an_address(client, anna, form):
    assert client.post(reverse("people"), form).status_code == 422
    assert not StaffInvitation.objects.exists()


def test_the_page_lists_staff_by_name_with_open_invitations_and_no_rater(client, anna, rater):
    for name in ("zoe", "bert"):
        builders.researcher(name)
    User.objects.create_user("rudi", "rudi@example.org", is_staff=True)  # a rater by role, who sees the admin
    User.objects.create_superuser("sue", "sue@example.org")  # as Django's command makes them
    invite(anna)
    accept(invite(anna, "ines@example.org"), User(username="ines"))
    withdraw(invite(anna, "otto@example.org"), anna)
    context = client.get(reverse("people")).context
    assert [one.username for one in context["people"]] == ["anna", "bert", "ines", "rudi", "sue", "zoe"]
    assert [one.email for one in context["invitations"]] == [NORA]


def test_a_change_that_changes_nothing_is_not_on_record(anna, researcher):
    change_person(researcher, "researcher", is_active=True, actor=anna)
    assert not AuditEvent.objects.filter(action="person.changed").exists()
    change_person(researcher, "researcher", is_active=False, actor=anna)
    assert told("person.changed").detail["after"] == {"role": "researcher", "is_active": False}


def test_a_role_that_there_is_not_is_refused_with_those_that_there_are(client, anna, researcher):
    page = client.post(
        reverse("change_person", args=[researcher.pk]), {"role": "owner", "is_active": "on"}, follow=True
    )
    assert "must be one of rater, researcher, administrator" in page.text
    researcher.refresh_from_db()
    assert researcher.role == "researcher"


def test_a_rater_who_has_no_part_in_a_study_may_become_staff_and_one_who_has_may_be_shut_out(anna, rater):
    free = User.objects.create_user("free", "free@example.org")
    Rater.objects.create(user=free)  # one who came by a link and left before anything began
    change_person(free, "researcher", is_active=True, actor=anna)
    change_person(rater.user, "rater", is_active=False, actor=anna)
    assert dict(User.objects.exclude(pk=anna.pk).values_list("role", "is_active")) == {
        "researcher": True,
        "rater": False,
    }
