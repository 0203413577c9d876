"""What raters write is answered, closed and acted on by programs, each message in its own study alone."""

import pytest

from assay.accounts.models import AuditEvent
from raters.assignment import claim_next
from raters.care.inbox import write
from raters.models import Message, Reply
from tests import builders


@pytest.fixture
def flag(study, rater) -> Message:
    """Of the comparison on the rater's screen."""
    return write(rater, study, "flag", "It says who it is.", about=claim_next(rater, study))


@pytest.fixture
def question(study, rater) -> Message:
    return write(rater, study, "question", "May I come back tomorrow?")


def of(message: Message, act: str = "") -> str:
    return f"studies/autumn/messages/{message.pk}{act and '/' + act}"


def test_a_reply_is_the_teams_and_answers_the_message(api, question):
    told = api.post(of(question, "reply"), {"text": "  Yes, you may. "}).json()
    assert (told["state"], told["prompt"]) == ("answered", None)
    [reply] = told["replies"]
    assert (reply["by_team"], reply["text"]) == (True, "Yes, you may.")
    assert Reply.objects.get().author.username == "rosa"


def test_a_reply_that_says_nothing_or_names_an_arm_is_not_sent(api, question):
    for text in ("", "  ", "It was heron-autumn."):
        assert api.post(of(question, "reply"), {"text": text}).status_code == 422
    question.refresh_from_db()
    assert question.state == "open" and not Reply.objects.exists()


def test_a_message_is_closed_and_its_closing_on_record(api, question):
    assert api.post(of(question, "close")).json()["state"] == "closed"
    event = AuditEvent.objects.get(action="message.closed")
    assert (event.actor.username, event.target_id) == ("rosa", str(question.pk))


def test_the_comparison_that_a_message_is_about_is_held(api, flag):
    told = api.post(of(flag, "hold"))
    assert told.status_code == 200 and told.json()["prompt"] == flag.assignment.comparison.prompt.key
    [held] = api.get("studies/autumn/comparisons?status=held").json()["items"]
    assert held["id"] == flag.assignment.comparison_id
    again = api.post(of(flag, "hold"))
    assert again.status_code == 422 and "held already" in again.json()["detail"]


def test_a_message_about_nothing_holds_nothing(api, question, study):
    refused = api.post(of(question, "hold"))
    assert refused.status_code == 422 and "about no comparison" in refused.json()["detail"]
    assert not study.comparisons.filter(status="held").exists()


@pytest.mark.parametrize("act", ["reply", "close", "hold"])
def test_a_message_of_another_study_is_not_found_in_this_one(api, flag, act):
    builders.study(slug="winter")
    elsewhere = f"studies/winter/messages/{flag.pk}/{act}"
    assert api.post(elsewhere, {"text": "Yes."} if act == "reply" else None).status_code == 404
    flag.refresh_from_db()
    assert flag.state == "open" and not Reply.objects.exists()


def test_messages_are_listed_by_state_and_kind(api, flag, question):
    api.post(of(question, "reply"), {"text": "Yes."})

    def listed(query: str) -> list[int]:
        return [row["id"] for row in api.get(f"studies/autumn/messages?{query}").json()["items"]]

    assert listed("") == sorted([flag.pk, question.pk])
    assert listed("state=open") == listed("kind=flag") == [flag.pk]
    assert listed("state=answered") == listed("kind=question&state=answered") == [question.pk]
    assert listed("state=closed") == listed("kind=question&state=open") == []
    assert api.get("studies/autumn/messages?state=new").status_code == 422
