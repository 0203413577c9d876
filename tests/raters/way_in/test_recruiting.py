"""What a recruiting site puts into the link is kept with the rater, and goes back to it at the end."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from raters.models import Enrolment, Study
from raters.way_in.inviting import InvitationError, enrol, invitation_of, invite
from tests import builders

SITES = {
    "Prolific": (
        {"PROLIFIC_PID": "p42", "STUDY_ID": "s7", "SESSION_ID": "e1"},
        "https://app.prolific.com/submissions/complete?cc={code}&pid={PROLIFIC_PID}&session={SESSION_ID}",
        "cc=CODE&amp;pid=p42&amp;session=e1",
    ),
    "MTurk": (
        {"workerId": "A1", "assignmentId": "a&b", "hitId": "h3", "turkSubmitTo": "https://www.mturk.com"},
        "https://example.org/back?code={code}&worker={workerId}&assignment={assignmentId}&to={turkSubmitTo}",
        "code=CODE&amp;worker=A1&amp;assignment=a%26b&amp;to=https%3A%2F%2Fwww.mturk.com",
    ),
}


@pytest.fixture
def study(db) -> Study:
    return builders.study(asks_exit=False)


def join(client: Client, study: Study, query: dict[str, str]) -> Enrolment:
    """As a browser does: the page that the link opens holds what came with it, and its button sends that on."""
    address = reverse("raters:join", args=[invite(study)])
    page = client.get(address, query).text
    client.post(address, dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.replace("&amp;", "&"))))
    return study.enrolments.latest("pk")


@pytest.mark.parametrize("site", SITES)
def test_parameters_of_recruiting_sites_are_kept_and_given_back(client, study, site):
    given, completion_url, gone_back = SITES[site]
    Study.objects.update(completion_url=completion_url)
    enrolment = join(client, study, given | {"evil": "1"})
    assert enrolment.recruitment == given
    Enrolment.objects.update(status="finished", step="exit")
    page = client.get(reverse("raters:completed", args=[study.public_id])).text
    assert gone_back.replace("CODE", enrolment.completion_code) in page


@pytest.mark.parametrize("name", ["PROLIFIC_PID", "workerId"])
def test_one_person_of_a_recruiting_site_begins_once(study, name):
    enrol(invitation_of(invite(study)), {name: "p1"})
    with pytest.raises(InvitationError, match="begun"):
        enrol(invitation_of(invite(study)), {name: "p1"})


def test_a_parameter_of_any_length_is_cut(client, study):
    assert len(join(client, study, {"SESSION_ID": "e" * 5000}).recruitment["SESSION_ID"]) == 200


def test_a_preview_of_a_task_that_nobody_has_accepted_lets_nobody_begin(client, study):
    """MTurk shows a task before it is accepted, under an assignment that is none and without a worker."""
    shown = {"assignmentId": "ASSIGNMENT_ID_NOT_AVAILABLE", "hitId": "h3"}
    address = reverse("raters:join", args=[invite(study)])
    page = client.get(address, shown).text
    assert "This is a preview." in page and "Begin" not in page
    assert "This is a preview." in client.post(address, shown).text
    assert not study.enrolments.exists() and study.invitations.get().uses == 0
    accepted = {"assignmentId": "a1", "hitId": "h3", "workerId": "w1"}
    assert "Begin" in client.get(address, accepted).text
    assert (
        client.post(address, accepted).status_code == 200 and study.enrolments.get().recruitment == accepted
    )
