"""An answer is held against its rubric, said of a and b wherever they stood, and shown again as it was given."""

import pytest
from django.urls import reverse

from raters.models import Judgment, Rubric
from raters.rubrics.answers import Answer, SafetyAnswer, check, own_terms
from raters.rubrics.naming import newest_rubrics, rubric_named
from tests import builders

KEY = "a-key-of-sixteen-letters"
BOTH = {"left": SafetyAnswer("off_topic", "no"), "right": SafetyAnswer("off_topic", "unsure")}


def rubric(**asks: object) -> Rubric:
    return Rubric(slug="plain", title="Plain", **{"scale": 5, **asks})


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ({}, {}),
        ({"asks_tie_kind": True}, {"value": "same", "tie_kind": "both_good"}),
        ({"asks_tie_kind": True}, {"value": "left_much"}),
        ({"asks_acceptability": True}, {"acceptable": {"left": False, "right": False}}),
        ({"questions": ["helpful", "style"]}, {"criteria": {"style": "same"}}),
        ({"asks_safety": True}, {"safety": BOTH}),
    ],
)
def test_what_the_rubric_asks_is_taken(asks, said):
    check(Answer(**{"value": "right_much", "idempotency_key": KEY, **said}), rubric(**asks))


@pytest.mark.parametrize(
    ("asks", "said", "told"),
    [
        ({}, {"value": "left"}, "'left' is no answer on a scale of 5 points"),
        ({}, {"value": "same", "tie_kind": "both_good"}, "no kind of tie to 'same'"),
        ({"asks_tie_kind": True}, {"tie_kind": "both_good"}, "no kind of tie to 'right_much'"),
        ({"asks_tie_kind": True}, {"value": "same", "tie_kind": "neither"}, "'neither' is no kind of tie"),
        ({}, {"acceptable": {"left": True, "right": True}}, "asks not whether each response is acceptable"),
        ({"asks_acceptability": True}, {}, "asks whether each response is acceptable"),
        ({"questions": ["style"]}, {"criteria": {"style": "much"}}, "answered with left, same, right"),
        ({"questions": ["style"]}, {"criteria": {"helpful": "left"}}, "does not ask about helpful"),
        ({}, {"safety": BOTH}, "asks not for a safety label of each response"),
        (
            {"asks_safety": True},
            {"safety": {"left": BOTH["left"]}},
            "asks for a safety label of each response",
        ),
        (
            {"asks_safety": True},
            {"safety": BOTH | {"left": SafetyAnswer("off_topic", "yes", "ssh", "dire")}},
            "needs a known hazard and a known severity",
        ),
        (
            {"asks_safety": True},
            {"safety": BOTH | {"right": SafetyAnswer("off_topic", "unsure", "", "mild")}},
            "belong to a violation",
        ),
    ],
)
def test_what_it_does_not_ask_or_offer_is_refused(asks, said, told):
    with pytest.raises(ValueError, match=told):
        check(Answer(**{"value": "right_much", "idempotency_key": KEY, **said}), rubric(**asks))


@pytest.mark.parametrize(
    ("scale", "value", "a_is_left", "preference", "strength"),
    [
        (7, "left_slightly", True, "a", 1),
        (7, "right", True, "b", 2),
        (5, "left_much", False, "b", 3),
        (5, "same", False, "tie", 0),
    ],
)
def test_a_choice_is_turned_into_a_preference_and_a_strength(scale, value, a_is_left, preference, strength):
    said = own_terms(Answer(value, KEY), rubric(scale=scale), a_is_left=a_is_left)
    assert (said["preference"], said["strength"], said["raw_answer"]) == (preference, strength, value)
    assert (said["both_bad"], said["tie_kind"], said["viewport_width"]) == (False, "", None)


def test_both_bad_is_one_thing_however_it_was_asked_for():
    button = own_terms(Answer("both_bad", KEY), rubric(scale=4), a_is_left=True)
    kind = own_terms(Answer("same", KEY, tie_kind="both_poor"), rubric(asks_tie_kind=True), a_is_left=True)
    for name, value in {
        "preference": "tie",
        "strength": 0,
        "both_bad": True,
        "tie_kind": "both_poor",
    }.items():
        assert button[name] == kind[name] == value


@pytest.fixture
def asked(client, db) -> str:
    """A comparison on the screen of a rater who is asked for acceptability and two criteria; its address."""
    study = builders.study()
    Rubric.objects.update(asks_acceptability=True, questions=["helpful", "style"])
    client.force_login(builders.rater(study).user)
    return client.get(reverse("raters:next", args=[study.public_id])).url


def test_what_was_answered_stands_on_the_page_again(client, asked):
    form = {"value": "left", "idempotency_key": KEY, "left_acceptable": "yes", "right_acceptable": "no"}
    page = client.post(asked, form | {"criterion_style": "right", "right_acceptable": ""})
    assert page.status_code == 422 and "Answer this, too." in page.text and not Judgment.objects.exists()
    assert client.post(asked, form | {"criterion_style": "right", "comment": "So it is."}).status_code == 302
    again = client.get(asked).text
    for name, value in {
        "left_acceptable": "yes",
        "right_acceptable": "no",
        "criterion_style": "right",
    }.items():
        assert marked(again, name, value)
    assert "So it is." in again and not marked(again, "criterion_helpful", "same")


def marked(page: str, name: str, value: str) -> bool:
    return any(
        f'name="{name}"' in one and f'value="{value}"' in one and "checked" in one
        for one in page.split("<input")
    )


def test_a_rubric_is_called_by_its_slug_which_stands_for_the_newest_version(db):
    for version in (1, 2):
        Rubric.objects.create(slug="ours", version=version, title="Ours", guide="g")
    assert rubric_named("ours").version == 2 and newest_rubrics()["ours"] == "Ours (version 2)"
    assert list(newest_rubrics())[:2] == ["instruction-following", "safety"]
