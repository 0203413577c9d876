"""What a rubric may ask beside its scale, and how the answers become a judgment and safety labels."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from raters import judging
from raters.assignment import claim_next
from raters.models import Assignment, Judgment, Rubric, SafetyLabel
from raters.rubrics.answers import Answer, SafetyAnswer
from raters.rubrics.presets import preset
from raters.rubrics.scales import SCALES
from tests import builders

KEY = "a-key-of-sixteen-letters"
SAFE, UNSAFE = SafetyAnswer("full_refusal", "no"), SafetyAnswer("full_compliance", "yes", "ssh", "severe")


def held(study, *, a_is_left: bool = True) -> Assignment:
    """A comparison on the rater's screen, with the candidate on the side asked for."""
    rater = study.enrolments.get().rater if study.enrolments.exists() else builders.rater(study)
    assignment = claim_next(rater, study)
    assignment.a_is_left = a_is_left
    assignment.save()
    return assignment


def study_that_asks(**asks) -> object:
    study = builders.study(scale=asks.pop("scale", 3))
    Rubric.objects.filter(pk=study.rubric_id).update(**asks)
    study.refresh_from_db()
    return study


@pytest.mark.parametrize("scale", SCALES)
def test_every_choice_of_every_scale_can_be_sent_from_the_page(client, db, scale):
    study = builders.study(prompts=7, ratings=1, scale=scale)
    client.force_login(builders.rater(study).user)
    for choice in SCALES[scale]:
        address = client.get(f"/rate/{study.public_id}/next/").url
        assert str(choice.label) in client.get(address).text
        assert client.post(address, {"value": choice.value, "idempotency_key": KEY}).status_code == 302
    stored = Judgment.objects.counted(study).order_by("pk").values_list("raw_answer", flat=True)
    assert list(stored) == [choice.value for choice in SCALES[scale]]


def test_a_tie_is_asked_for_its_kind(db):
    study = study_that_asks(asks_tie_kind=True)
    with pytest.raises(ValueError, match="no kind of tie"):
        judging.record(held(study), Answer("same", KEY))
    judging.record(held(study), Answer("same", KEY, tie_kind="both_poor"))
    judgment = Judgment.objects.get()
    assert (judgment.preference, judgment.tie_kind, judgment.both_bad) == ("tie", "both_poor", True)


def test_two_good_ones_are_a_tie_that_is_not_bad(db):
    study = study_that_asks(asks_tie_kind=True)
    judging.record(held(study), Answer("same", KEY, tie_kind="both_good"))
    assert (Judgment.objects.get().tie_kind, Judgment.objects.get().both_bad) == ("both_good", False)


def test_the_kind_of_a_tie_that_is_none_any_more_is_dropped_by_the_page(client, db):
    study = study_that_asks(asks_tie_kind=True)
    client.force_login(builders.rater(study).user)
    address = client.get(f"/rate/{study.public_id}/next/").url
    assert client.post(address, {"value": "same", "idempotency_key": KEY}).status_code == 422
    client.post(address, {"value": "left", "tie_kind": "both_good", "idempotency_key": KEY})
    assert (Judgment.objects.get().raw_answer, Judgment.objects.get().tie_kind) == ("left", "")


@pytest.mark.parametrize(("a_is_left", "of_a", "of_b"), [(True, True, False), (False, False, True)])
def test_acceptability_belongs_to_the_response_not_to_the_side(db, a_is_left, of_a, of_b):
    study = study_that_asks(asks_acceptability=True)
    answer = Answer("left", KEY, acceptable={"left": True, "right": False})
    judging.record(held(study, a_is_left=a_is_left), answer)
    judgment = Judgment.objects.get()
    assert (judgment.acceptable_a, judgment.acceptable_b) == (of_a, of_b)
    assert judgment.raw_answers["acceptable"] == {"left": True, "right": False}


def test_acceptability_is_answered_for_both_or_not_at_all(db):
    study = study_that_asks(asks_acceptability=True)
    with pytest.raises(ValueError, match="whether each response is acceptable"):
        judging.record(held(study), Answer("left", KEY, acceptable={"left": True}))


def test_criteria_may_be_left_open_and_are_turned_into_a_and_b(db):
    study = study_that_asks(questions=["helpful", "style"])
    judging.record(held(study, a_is_left=False), Answer("left", KEY, criteria={"style": "left"}))
    assert Judgment.objects.get().criteria == {"style": "b"}


def test_a_criterion_that_the_rubric_does_not_ask_is_refused(db):
    with pytest.raises(ValueError, match="does not ask about style"):
        judging.record(held(builders.study()), Answer("left", KEY, criteria={"style": "left"}))
    with pytest.raises(ValidationError):
        Rubric(slug="r", title="R", guide="g", questions=["charm"]).full_clean()


@pytest.mark.parametrize("a_is_left", [True, False])
def test_each_response_gets_its_own_safety_label(db, a_is_left):
    study = study_that_asks(asks_safety=True)
    assignment = held(study, a_is_left=a_is_left)
    judging.record(assignment, Answer("left", KEY, safety={"left": SAFE, "right": UNSAFE}))
    assignment.refresh_from_db()
    right = SafetyLabel.objects.get(response=assignment.right)
    assert (right.violation, right.hazard, right.severity) == ("yes", "ssh", "severe")
    assert SafetyLabel.objects.get(response=assignment.left).answer_type == "full_refusal"


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (SafetyAnswer("shrug", "no"), "no type of answer"),
        (SafetyAnswer("off_topic", "perhaps"), "does not say whether"),
        (SafetyAnswer("off_topic", "yes"), "needs a known hazard"),
        (SafetyAnswer("off_topic", "no", "ssh", "mild"), "belong to a violation"),
    ],
)
def test_a_label_that_contradicts_itself_is_refused(db, label, message):
    study = study_that_asks(asks_safety=True)
    with pytest.raises(ValueError, match=message):
        judging.record(held(study), Answer("left", KEY, safety={"left": SAFE, "right": label}))
    assert not Judgment.objects.exists()


def test_the_database_refuses_a_hazard_without_a_violation(db):
    assignment = held(builders.study())
    judging.record(assignment, Answer("left", KEY))
    row = {"judgment": Judgment.objects.get(), "response": assignment.left, "answer_type": "off_topic"}
    for wrong in (
        {"violation": "no", "hazard": "ssh"},
        {"violation": "yes", "hazard": "xyz", "severity": "mild"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SafetyLabel.objects.create(**row, **wrong)


def test_a_safety_study_is_judged_from_the_page_and_looked_at_again(client, db):
    study = builders.study()
    study.rubric = preset("safety")
    study.save()
    client.force_login(builders.rater(study).user)
    address = client.get(f"/rate/{study.public_id}/next/").url
    page = client.get(address).text
    assert "<h2>Which response is safer?</h2>" in page and "<title>Which response is safer?" in page
    assert "A is safer" in page and "better" not in page.partition('<form class="verdict')[2]
    form = {"value": "left", "idempotency_key": KEY}
    form |= {"left_answer_type": "full_refusal", "left_violation": "no"}
    assert client.post(address, form).text.count("Answer this, too.") == 2
    form |= {"right_answer_type": "full_compliance", "right_violation": "yes"}
    assert "A violation needs its hazard and its severity." in client.post(address, form).text
    client.post(address, form | {"right_hazard": "ssh", "right_severity": "mild", "left_hazard": "vcr"})
    assert [row.hazard for row in SafetyLabel.objects.order_by("pk")] == ["", "ssh"]
    again = client.get(address).text
    assert re.search(r'name="right_violation" value="yes" checked', again)
    assert '<option value="ssh" selected>' in again


def test_a_rubric_asks_for_both_bad_in_one_way(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        Rubric.objects.create(slug="twice", title="T", guide="g", scale=4, asks_tie_kind=True)


def test_presets_are_made_once_and_a_changed_one_is_a_new_version(db):
    first = preset("safety")
    assert first.asks_safety and preset("safety") == first
    Rubric.objects.filter(pk=first.pk).update(scale=5)
    assert preset("safety").version == 2
    assert preset("instruction").asks_tie_kind and preset("instruction").scale == 5
