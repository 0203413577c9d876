"""What researchers do on a study's pages for quality and care, by the API."""

import pytest

from raters.comparisons.holding import hold
from raters.models import Comparison, Message
from tests import builders
from tests.generation.endpoints import heron as owl
from tests.raters.working import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(db):
    return builders.study(prompts=6, ratings=2, gold_every=0, contested_split=True)


@pytest.fixture
def judged(study):
    """Two raters have judged everything, and never agreed."""
    for name, taste in (("ana", "a"), ("ben", "b")):
        list(work(builders.rater(study, name), study, taste))
    return study


def test_raters_stand_with_their_figures_by_code(api, judged):
    rows = api.get(f"studies/{judged.slug}/raters").json()
    assert [row["judgments"] for row in rows] == [6, 6] and all(row["code"].startswith("R") for row in rows)
    assert "ana" not in str(rows)


def test_a_rater_is_paused_with_a_reason_released_and_made_senior(api, judged):
    part = f"studies/{judged.slug}/raters/{judged.enrolments.first().pk}"
    assert api.post(f"{part}/pause", {"reason": "too fast"}).json()["status"] == "paused"
    assert api.post(f"{part}/pause", {"reason": "too fast"}).status_code == 422
    assert api.post(f"{part}/release", {"reason": "explained"}).json()["status"] == "active"
    assert api.post(f"{part}/senior", {"senior": True}, method="put").json()["senior"] is True


def test_held_comparisons_are_listed_and_decided(api, study):
    row = hold(study.comparisons.first())
    (held,) = api.get(f"studies/{study.slug}/comparisons?status=held").json()["items"]
    assert held["id"] == row.pk and len(held["sides"]) == 2
    decided = api.post(f"studies/{study.slug}/comparisons/{row.pk}/decision", {"leak": False})
    assert decided.json()["status"] == "open"
    assert api.post(f"studies/{study.slug}/comparisons/{row.pk}/decision", {"leak": False}).status_code == 422


def test_gold_is_named_by_the_labels_that_the_reader_sees(api_of, researcher, study):
    """While blind there is no a and b: the verdict is Model 1, Model 2 or tie."""
    api = api_of(researcher, "read", "studies:write")
    row = api.get(f"studies/{study.slug}/comparisons").json()["items"][0]
    address = f"studies/{study.slug}/comparisons/{row['id']}/gold"
    assert api.post(address, {"verdict": "a", "reason": "clear"}).status_code == 422
    assert api.post(address, {"verdict": "Model 2", "reason": "clear"}).json()["gold"] == "Model 2"
    made = Comparison.objects.get(pk=row["id"])
    text = {"a": made.response_a, "b": made.response_b}[made.gold_preference].turns
    assert text == row["sides"][1]["turns"] and row["sides"][1]["model"] == "Model 2"


def test_no_answer_names_an_arm_while_the_study_is_blind(api_of, researcher, judged):
    api = api_of(researcher, "read")
    for part in ("comparisons", "contested", "raters", "pay", "messages", "exports"):
        text = api.get(f"studies/{judged.slug}/{part}").text
        names = [arm.run.checkpoint.name for arm in judged.arms.all()]
        assert not [name for name in names if name in text], part


def test_what_raters_are_split_on_is_told_by_votes(api, judged):
    rows = api.get(f"studies/{judged.slug}/contested").json()
    assert len(rows) == 6 and all(sorted(row["votes"].values()) == [1, 1] for row in rows)
    assert {row["decided"] for row in rows} == {None}


def test_messages_are_read_answered_and_closed(api, judged):
    rater = judged.enrolments.first().rater
    row = Message.objects.create(study=judged, rater=rater, kind="question", text="How long?")
    thread = f"studies/{judged.slug}/messages/{row.pk}"
    assert api.get(f"studies/{judged.slug}/messages?state=open").json()["items"][0]["text"] == "How long?"
    named = judged.arms.first().run.checkpoint.name
    assert api.post(f"{thread}/reply", {"text": f"{named} is long."}).status_code == 422
    assert api.post(f"{thread}/reply", {"text": "As long as you like."}).json()["state"] == "answered"
    assert api.post(f"{thread}/close").json()["state"] == "closed"
    assert "about no comparison" in api.post(f"{thread}/hold").json()["detail"]


def test_pay_counts_what_was_done(api, judged):
    rows = api.get(f"studies/{judged.slug}/pay").json()
    assert [row["answered"] for row in rows] == [6, 6] and rows[0]["amount"] is None
    assert [(row["part"], row["code"]) for row in rows] == [("under way", "")] * 2


def test_a_language_model_is_asked_and_counted_apart(api, judged, server):
    owl(server)
    made = api.post(f"studies/{judged.slug}/judges", {"checkpoint": "heron", "max_new_tokens": 64})
    assert made.status_code == 201 and made.json()["asked"] == 12
    assert api.get(f"studies/{judged.slug}/judges").json() == [made.json()]
    assert api.post(f"studies/{judged.slug}/judges", {"checkpoint": "swan"}).status_code == 422
