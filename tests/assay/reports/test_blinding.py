"""An estimate under labels: turned where the lower label is the baseline's, and without what would tell names."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assay.reports.blinding import SAME, Arms, blinded, judgments_digest, rounded, turned
from assay.reports.models import Report
from raters.models import Study

SHARES = st.floats(0, 1)
LOWER = {"heron": "Model 1", "plover": "Model 2"}
HIGHER = {"heron": "Model 2", "plover": "Model 1"}
BLIND = Arms({5: "Model 2", 6: "Model 10", 7: "Model 1"}, is_blind=True)
OPEN = Arms({5: "heron", 6: "plover", 7: "curlew"}, is_blind=False)


def row(name="win_rate", value=0.7, low=0.6, high=0.75, **fields) -> dict:
    told = {"name": name, "candidate": "heron", "baseline": "plover", "detail": {}, "slice": ""}
    return {**told, "value": value, "low": low, "high": high, **fields}


@given(SHARES, SHARES, SHARES)
def test_seen_from_the_other_arm_and_back_an_estimate_is_what_it_was(one, two, three):
    low, value, high = sorted((one, two, three))
    before = row(value=value, low=low, high=high, detail={"wins": 5, "losses": 2, "ties": 1})
    once, twice = turned(before), turned(turned(before))
    assert once["low"] <= once["value"] <= once["high"]
    assert [twice[end] for end in ("low", "value", "high")] == pytest.approx([low, value, high])
    assert twice | {"low": low, "value": value, "high": high} == before


def test_turning_exchanges_names_outcomes_and_ends():
    found = turned(row(detail={"wins": 7, "losses": 2, "ties": 1}))
    assert (found["candidate"], found["baseline"]) == ("plover", "heron")
    assert [found[end] for end in ("low", "value", "high")] == pytest.approx([0.25, 0.3, 0.4])
    assert found["detail"] == {"wins": 2, "losses": 7, "ties": 1}


def test_turning_leaves_the_stored_row_as_it_was():
    before = row(detail={"wins": 7, "losses": 2})
    turned(before)
    assert before["detail"] == {"wins": 7, "losses": 2} and before["candidate"] == "heron"


@pytest.mark.parametrize("name", sorted(SAME))
def test_what_is_of_both_arms_alike_is_the_same_from_either_side(name):
    found = [blinded(row(name), labels) for labels in (LOWER, HIGHER)]
    assert found[0] == found[1] and (found[0]["candidate"], found[0]["value"]) == ("Model 1", 0.7)


@pytest.mark.parametrize("name", ["win_rate", "win_rate_anytime", "win_rate_equal_length", "judge_win_rate"])
def test_a_rate_is_always_that_of_the_lower_label(name):
    assert blinded(row(name), LOWER)["value"] == 0.7
    assert blinded(row(name), HIGHER)["value"] == pytest.approx(0.3)


def test_a_rate_without_a_number_stays_without_one():
    found = blinded(row(value=None, low=None, high=None), HIGHER)
    assert [found[end] for end in ("value", "low", "high")] == [None] * 3
    assert found["candidate"] == "Model 1"


@given(SHARES)
def test_no_last_digit_tells_that_a_number_was_turned(share):
    straight, back = rounded(share), rounded(1 - (1 - share))
    assume(abs(share * 10**9 % 1 - 0.5) > 1e-6)  # half-way, where either neighbour is right
    assert straight == back


@pytest.mark.parametrize(
    ("name", "of_one", "kept"),
    [
        ("violation_rate", True, True),
        ("violation_rate", False, False),
        ("full_refusal_rate", True, True),
        ("made_up", True, False),
        ("made_up", False, False),
        ("agreement", False, True),
    ],
)
def test_what_nobody_has_said_how_to_hide_is_not_told(name, of_one, kept):
    found = blinded(row(name, baseline="" if of_one else "plover"), HIGHER)
    assert (found is not None) is kept


def test_a_rate_of_one_arm_keeps_its_arm_and_its_number():
    found = blinded(row("violation_rate", baseline="", detail={"hits": 3, "prompts": 9}), HIGHER)
    assert (found["candidate"], found["baseline"], found["value"]) == ("Model 2", "", 0.7)
    assert found["detail"] == {"hits": 3, "prompts": 9}


def test_an_arm_that_has_no_label_is_not_told_by_its_name():
    assert blinded(row(candidate="gull"), LOWER) is blinded(row(baseline="gull"), LOWER) is None


def test_of_the_detail_only_counts_are_told():
    detail = {"prompts": 9, "scale": 4, "left_share": 0.4, "notes": ["heron"], "coefficients": {}}
    assert blinded(row(detail=detail), LOWER)["detail"] == {"prompts": 9, "scale": 4}


def test_labels_stand_by_their_numbers_and_names_in_the_order_of_roles():
    assert (BLIND.pair(5, 7), BLIND.pair(7, 5), BLIND.pair(6, 5)) == ((7, 5), (7, 5), (5, 6))
    assert (OPEN.pair(5, 7), OPEN.pair(7, 5)) == ((5, 7), (7, 5))
    assert BLIND.named_pair(6, 5) == "Model 2 – Model 10" and OPEN.named_pair(6, 5) == "plover – heron"


def test_an_address_says_the_same_whichever_arm_is_the_candidate():
    assert BLIND.key(5, 6) == BLIND.key(6, 5) == "2-10"
    assert OPEN.key(5, 6) == OPEN.key(6, 5) == "5-6"


@given(st.permutations([(5, 7), (6, 7), (5, 6)]))
def test_pairs_of_arms_have_one_order_however_they_were_made(pairs):
    assert BLIND.in_order(pairs) == [(5, 7), (6, 7), (5, 6)]  # 1-2, 1-10, 2-10
    assert OPEN.in_order(pairs) == [(5, 6), (5, 7), (6, 7)]


def test_the_digest_of_judgments_is_another_while_blind_and_another_for_each_study():
    digests = {
        judgments_digest(Report(study=Study(secret=secret), judgments_sha256="a" * 64), arms)
        for secret in ("one", "two")
        for arms in (BLIND, OPEN)
    }
    assert len(digests) == 3 and "a" * 64 in digests


@pytest.mark.parametrize("arms", [BLIND, OPEN])
def test_of_no_judgments_there_is_no_digest(arms):
    assert judgments_digest(Report(study=Study(secret="one"), judgments_sha256=""), arms) == ""
