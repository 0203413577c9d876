"""Before the unblinding a reader learns nothing of which checkpoint is which, by no answer of the API."""

import json

import pytest

from assay.reports.blinding import arms_for, blinded
from assay.reports.refresh import refresh
from raters import judging
from raters.assignment import claim_next
from raters.models import Study, StudyMember
from raters.rubrics.answers import Answer
from raters.studies.unblinding import labels_of, unblind
from tests import builders


@pytest.fixture
def judged(db) -> Study:
    """The candidate wins every comparison."""
    study = builders.study(prompts=4, ratings=1)
    rater = builders.rater(study)
    while assignment := claim_next(rater, study):
        choice = "left" if assignment.a_is_left else "right"
        judging.record(assignment, Answer(choice, f"key-of-{assignment.pk:012d}"))
    refresh(study)
    return study


def answers(api, study: Study) -> list[dict]:
    report = study.reports.first().pk
    paths = [f"studies/{study.slug}", f"studies/{study.slug}/judgments", f"reports/{report}"]
    return [api.get(path).json() for path in paths]


def test_results_stand_under_labels(api, judged):
    shown = [found for found in answers(api, judged)[1:] if "heron" in json.dumps(found)]
    one = answers(api, judged)[0]
    assert shown == [] and one["blind"] and [arm["label"] for arm in one["arms"]] == ["Model 1", "Model 2"]
    assert {arm["role"] for arm in one["arms"]} == {None}


@pytest.mark.parametrize("secret", ["0" * 64, "1" * 64, "2" * 64, "3" * 64])
def test_labels_follow_the_studys_secret_and_the_numbers_follow_the_labels(api, judged, secret):
    Study.objects.update(secret=secret)
    judged.refresh_from_db()
    candidate = judged.arms.get(role="candidate")
    first = labels_of(judged)[candidate.pk] == "Model 1"
    _, judgments, report = answers(api, judged)
    assert {row["outcome"] for row in judgments["items"]} == {"win" if first else "loss"}
    headline = next(row for row in report["estimates"] if row["name"] == "win_rate" and not row["slice"])
    assert (headline["candidate"], headline["baseline"]) == ("Model 1", "Model 2")
    assert headline["value"] == pytest.approx(1.0 if first else 0.0)
    assert headline["detail"]["wins"] == (4 if first else 0) and set(headline["detail"]) <= {
        "wins",
        "ties",
        "losses",
        "prompts",
        "raters",
    }


def test_the_studys_page_follows_the_same_rule(client, judged, researcher):
    client.force_login(researcher)
    page = client.get("/studies/autumn/").text
    assert "Model 1" in page and "heron-autumn" not in page
    Study.objects.update(unblinded_at="2026-01-01T00:00Z")
    assert "heron-autumn" in client.get("/studies/autumn/").text


def test_either_order_of_labels_comes_up(judged):
    candidate = judged.arms.get(role="candidate").pk
    found = set()
    for secret in range(20):
        judged.secret = f"{secret:064d}"
        found.add(labels_of(judged)[candidate])
    assert found == {"Model 1", "Model 2"}


def test_the_side_goes_with_the_arm(api, judged):
    blind = answers(api, judged)[1]["items"]
    Study.objects.update(unblinded_at="2026-01-01T00:00Z")
    named = answers(api, judged)[1]["items"]
    flipped = {"left": "right", "right": "left"}
    for one, other in zip(blind, named, strict=True):
        same = one["outcome"] == other["outcome"]
        assert one["side"] == (other["side"] if same else flipped[other["side"]])


def test_a_number_that_would_tell_a_direction_is_left_out_while_blind():
    row = {"name": "violation_rate", "candidate": "a", "baseline": "b", "detail": {}, "value": 0.1}
    assert blinded(row, {"a": "Model 1", "b": "Model 2"}) is None


def test_unblinding_is_an_owners_act_with_a_reason_and_stands_in_the_log(api, api_of, judged, researcher):
    from assay.accounts.models import AuditEvent

    StudyMember.objects.create(study=judged, user=researcher, role="owner")
    ruth = builders.researcher("ruth")
    StudyMember.objects.create(study=judged, user=ruth, role="editor")
    assert api_of(ruth).post("studies/autumn/unblind", {"reason": "curious"}).status_code == 404
    assert api_of(researcher, "read").post("studies/autumn/unblind", {"reason": "now"}).status_code == 403
    assert api.post("studies/autumn/unblind", {"reason": " "}).status_code == 422
    assert api.post("studies/autumn/unblind", {"reason": "all judgments are in"}).json()["blind"] is False
    event = AuditEvent.objects.get(action="study.unblinded")
    assert (event.actor, event.detail["reason"]) == (researcher, "all judgments are in")
    assert "heron" in json.dumps(answers(api_of(ruth, "read"), judged))


def test_a_role_that_the_design_names_sees_names_and_a_token_only_with_its_scope(api_of, judged, researcher):
    Study.objects.update(arms_known_to=["owner"])
    judged.refresh_from_db()
    StudyMember.objects.create(study=judged, user=researcher, role="owner")
    assert api_of(researcher).get("studies/autumn").json()["blind"] is False
    assert api_of(researcher, "read").get("studies/autumn").json()["blind"] is True
    assert arms_for(judged, builders.researcher("ruth")).is_blind


def test_simulated_studies_hide_nothing(api, judged):
    Study.objects.update(simulation={"truth": {"win_rate": 0.5}})
    assert api.get("studies/autumn").json()["blind"] is False


def test_a_copy_that_lets_its_owner_know_names_tells_none_that_the_first_still_hides(api, researcher, study):
    StudyMember.objects.create(study=study, user=researcher, role="editor")
    api.post("studies/autumn/copies", {"way": "duplicate", "name": "twin"})
    known = {"settings": {"arms_known_to": ["owner"]}}
    assert api.post("studies/twin/settings", known, method="patch").json()["blind"]
    unblind(study, "all is in", researcher)
    assert not api.get("studies/twin").json()["blind"]


def test_nor_does_its_unblinding_before_the_first_is(api, researcher, study):
    StudyMember.objects.create(study=study, user=researcher, role="editor")
    StudyMember.objects.create(study=study, user=builders.researcher("ruth"), role="owner")
    api.post("studies/autumn/copies", {"way": "duplicate", "name": "twin"})
    assert api.post("studies/twin/lock").status_code == 200
    refused = api.post("studies/twin/unblind", {"reason": "curious"})
    assert (
        refused.status_code == 422
        and "autumn compares some of the same runs and is blind still" in refused.text
    )
    assert api.get("studies/twin").json()["blind"] is True
    unblind(study, "all is in")
    assert api.post("studies/twin/unblind", {"reason": "all is in"}).json()["blind"] is False
