"""What forgetting leaves of a person's part in a study, and by what names one can be asked for."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from assay.accounts.models import StaffInvitation, User
from assay.operations.personal_data.finding import raters_called
from assay.operations.personal_data.forgetting import forget
from assay.operations.personal_data.rating_traces import REMOVED
from raters.care import inbox
from raters.models import Enrolment, Invitation, Message, Rater, Reply
from raters.way_in.inviting import invite
from tests import builders


@pytest.fixture
def part(rater) -> Enrolment:
    return Enrolment.objects.get(rater=rater)


def forgotten(part: Enrolment, **fields) -> Enrolment:
    """The same part after its rater was forgotten, with these fields before."""
    Enrolment.objects.filter(pk=part.pk).update(**fields)
    forget(part.rater.code)
    return Enrolment.objects.select_related("rater__user").get(pk=part.pk)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("active", "paused", REMOVED),
        ("paused", "paused", REMOVED),
        ("screened_out", "screened_out", ""),
        ("finished", "finished", ""),
    ],
)
def test_who_was_through_stays_so_and_who_was_not_is_paused(part, before, after, reason):
    left = forgotten(part, status=before, pause_reason="Rita rang" if before == "paused" else "")
    assert (left.status, left.pause_reason) == (after, reason)


@pytest.mark.parametrize(
    ("survey", "left"),
    [
        ({}, {}),
        (
            {"recognised": "yes", "source": "Plover! My own plover, by heron Ltd", "comment": "I am Rita"},
            {"recognised": "yes", "sure": "", "source": "plover heron", "comment": ""},
        ),
        (
            {"recognised": "no", "sure": "2", "source": "Rita wrote it"},
            {"recognised": "no", "sure": "2", "source": "", "comment": ""},
        ),
    ],
)
def test_of_a_guess_only_the_checkpoints_own_words_stay_each_once(part, survey, left):
    assert forgotten(part, exit_survey=survey).exit_survey == left


def test_the_code_by_which_a_site_pays_and_the_code_to_come_back_are_others_afterwards(part):
    Rater.objects.update(return_code_sha256="f" * 64, preferences={"size": "large"})
    before = part.completion_code
    left = forgotten(part)
    assert left.completion_code and left.completion_code != before
    assert (left.rater.return_code_sha256, left.rater.preferences) == ("", {})
    assert left.rater.code != part.rater.code and left.rater.user.username == left.rater.code.lower()


def test_the_label_of_a_link_for_many_stays(study, part):
    invite(study, label="Poster in the hall", uses=50)
    forgotten(part, invitation=Invitation.objects.get())
    assert Invitation.objects.get().label == "Poster in the hall"


def test_the_link_for_another_person_keeps_its_label(study, part):
    invite(study, label="Otto Olsen")
    forgotten(part)
    assert Invitation.objects.get().label == "Otto Olsen"


def test_what_the_team_wrote_to_others_stays(study, part):
    admin = User.objects.create_user("anna", role="administrator")
    other = builders.rater(study, "otto")
    for rater in (part.rater, other):
        inbox.answer(inbox.write(rater, study, "question", f"{rater.user} asks"), f"Dear {rater.user}", admin)
    forgotten(part)
    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == [REMOVED, "otto asks"]
    assert list(Reply.objects.order_by("pk").values_list("text", flat=True)) == [REMOVED, "Dear otto"]


def test_others_stay_signed_in(study, part):
    for user in (part.rater.user, builders.rater(study, "otto").user):
        Client().force_login(user)
    forgotten(part)
    [left] = Session.objects.all()
    assert left.get_decoded()["_auth_user_id"] == str(User.objects.get(username="otto").pk)


def test_an_invitation_by_mail_goes_with_who_took_it_and_open_ones_stay(part):
    terms = {"role": "researcher", "expires_at": part.created_at}
    StaffInvitation.objects.create(
        email="rita@example.org", token_sha256="1", accepted_by=part.rater.user, **terms
    )
    StaffInvitation.objects.create(email="nora@example.org", token_sha256="2", **terms)
    forgotten(part)
    assert [one.email for one in StaffInvitation.objects.all()] == ["nora@example.org"]


def test_a_rater_who_never_signed_in_is_forgotten_too(study):
    made = Rater.objects.create()
    left = forgotten(Enrolment.objects.create(study=study, rater=made), recruitment={"PROLIFIC_PID": "5f00"})
    assert (left.recruitment, left.rater.user) == ({}, None) and left.rater.code != made.code


@pytest.mark.parametrize("how", [str.lower, str.upper, "  {}  ".format])
def test_somebody_is_found_however_code_and_address_are_typed(part, how):
    for called in (part.rater.code, "Rita@Example.org"):
        assert raters_called(how(called)) == [part.rater]


def test_a_part_of_a_code_or_of_an_address_is_nobodys(part):
    for called in (part.rater.code[:-1], "rita", "example.org"):
        with pytest.raises(ValueError, match="No rater is called"):
            raters_called(called)
