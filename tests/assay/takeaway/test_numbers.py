"""The card's numbers, counted by hand from a few rows: no study, no database."""

import pytest

from assay.takeaway.evidence import Digest, Evidence
from assay.takeaway.numbers import numbers_of
from assay.takeaway.pair_numbers import rounded

NONE = Digest("", 0, 0)


def judgment(
    prompt: str, rater: str, outcome: str = "win", pair=("Heron", "Plover"), reason="", **extra
) -> dict:
    about = {"first": pair[0], "second": pair[1], "side": "left", "outcome": outcome, "category": "coding"}
    about |= {"both_bad": None, "self_identified": False, "left_model": pair[0], "right_model": pair[1]}
    return {
        "prompt_id": prompt,
        "rater_id": rater,
        "rater_kind": "human",
        "status": "excluded" if reason else "valid",
        "exclusion_reason": reason,
        "safety": {},
        "extra": about | extra,
    }


def settled(prompt: str, outcome: str = "tie", of: str = "win_rate") -> dict:
    row = judgment(prompt, "nobody", outcome)
    return {"prompt_id": prompt, "rater_id": "nobody", "of": of, **row["extra"]}


def numbers(*judgments: dict, **rows: list[dict]) -> dict:
    by_schema = {"judgment/1": list(judgments), **{f"{name}/1": found for name, found in rows.items()}}
    return numbers_of(Evidence(by_schema, NONE, NONE))


def test_judgments_are_counted_with_the_rule_that_leaves_the_others_out():
    told = numbers(
        judgment("p1", "R1"),
        judgment("p2", "R1", reason="superseded"),
        judgment("p2", "R2", reason="superseded"),
        judgment("p3", "R2", reason="surplus"),
    )["judgments"]
    assert told == {"rows": 4, "counted": 1, "not_counted": {"superseded": 2, "surplus": 1}}


def test_raters_are_those_whose_judgments_count_with_the_least_and_the_most_that_one_made():
    work = {"R1": 4, "R2": 1, "R3": 2}
    rows = [judgment(f"p{n}", rater) for rater, many in work.items() for n in range(many)]
    told = numbers(*rows, judgment("p1", "R9", reason="superseded"))["raters"]
    assert told["judged"] == 3 and told["by_kind"] == {"human": 3}
    assert told["judgments_each"] == {"least": 1, "median": 2, "most": 4}
    assert numbers()["raters"] == {"judged": 0, "by_kind": {}, "judgments_each": None}


def test_of_judgments_alone_nothing_is_told_that_they_do_not_hold():
    assert set(numbers(judgment("p1", "R1"))) == {"judgments", "raters", "pairs", "safety"}


def test_each_pair_that_met_has_its_own_entry_in_the_order_of_names():
    pairs = [("Plover", "Swan"), ("Heron", "Swan"), ("Heron", "Plover")]
    rows = [judgment(f"p{n}", "R1", pair=pair) for n in (1, 2) for pair in pairs]
    told = numbers(*rows, judgment("p3", "R1", pair=("Heron", "Swan")))["pairs"]
    assert [(one["first"], one["second"], one["win_rate"]["n"]) for one in told] == [
        ("Heron", "Plover", 2), ("Heron", "Swan", 3), ("Plover", "Swan", 2)
    ]  # fmt: skip


def test_of_one_prompt_there_is_no_number_and_it_says_why():
    [told] = numbers(*(judgment("p1", rater) for rater in ("R1", "R2", "R3")))["pairs"]
    assert told["judgments"] == 3 and "fewer than two prompts" in told["why_none"]
    assert "win_rate" not in told


def test_the_win_rate_counts_ties_in_half_and_what_was_settled_without_asking():
    rows = [judgment("p1", "R1", "win"), judgment("p2", "R1", "loss"), judgment("p3", "R1", "tie")]
    [asked] = numbers(*rows)["pairs"]
    assert asked["win_rate"]["value"] == 0.5 and asked["win_rate"]["wins"] == 1
    [told] = numbers(*rows, counted=[settled("p4", "win")])["pairs"]
    assert told["win_rate"]["value"] == 0.625 and told["win_rate"]["prompts"] == 4


def test_what_was_settled_counts_in_the_estimate_that_it_names_alone():
    rows = [judgment("p1", "R1", "win"), judgment("p2", "R1", "loss")]
    left_out = judgment("p3", "R2", "loss", reason="rater_left_out:too_fast")
    extra = [settled("p4", "win", "win_rate_nobody_left_out")]
    [told] = numbers(*rows, left_out, counted=extra)["pairs"]
    assert told["win_rate"]["n"] == 2 and told["win_rate"]["value"] == 0.5
    beside = told["without_exclusions"]
    assert (beside["n"], beside["value"]) == (4, 0.5)


def test_beside_the_headline_stands_only_what_another_choice_would_change():
    rows = [judgment("p1", "R1", "win"), judgment("p2", "R1", "loss"), judgment("p3", "R1", "win")]
    [told] = numbers(*rows)["pairs"]
    assert told["without_exclusions"] is None and told["without_self_identification"] is None
    rows[2]["extra"]["self_identified"] = True
    [told] = numbers(*rows)["pairs"]
    assert told["without_exclusions"] is None
    assert told["without_self_identification"]["n"] == 2
    rows[1]["extra"]["self_identified"] = True  # of one prompt there is no number
    assert numbers(*rows)["pairs"][0]["without_self_identification"] is None


def test_both_bad_is_told_where_raters_were_asked_and_only_there():
    rows = [judgment(f"p{n}", "R1", "tie") for n in range(3)]
    assert numbers(*rows)["pairs"][0]["both_bad"] is None
    for row, bad in zip(rows, (True, False, False), strict=True):
        row["extra"]["both_bad"] = bad
    assert numbers(*rows)["pairs"][0]["both_bad"]["both_bad"] == 1


def test_agreement_is_told_where_a_prompt_was_judged_twice():
    rows = [judgment("p1", "R1"), judgment("p2", "R1")]
    assert numbers(*rows)["pairs"][0]["agreement"] is None
    twice = [*rows, judgment("p1", "R2"), judgment("p2", "R2", "loss")]
    told = numbers(*twice)["pairs"][0]["agreement"]
    assert (told["percent_agreement"], told["units"]) == (0.5, 2)


def comparison(kind="regular", status="open", reason="") -> dict:
    named = {"first": "Heron", "second": "Plover", "first_response_id": "a", "second_response_id": "b"}
    return {
        "kind": kind,
        "status": status,
        "status_reason": reason,
        "self_identified": False,
        "masked": False,
    } | named


def whole_study(*comparisons: dict, raters: tuple[dict, ...] = ()) -> dict:
    study = {"checkpoints": [{"model": "Heron"}, {"model": "Plover"}], "study": {"blinded": False}}
    texts = [{"id": key, "turns": ["text"]} for key in "ab"]
    rows = {"comparison": list(comparisons), "rater": list(raters), "response": texts, "study": [study]}
    return numbers(judgment("p1", "R1"), **rows)


def test_comparisons_are_counted_by_what_became_of_them_and_gold_ones_apart():
    equal, named = (
        comparison(status="equal", reason="equal texts"),
        comparison(status="held", reason="names it"),
    )
    gold = [comparison(kind="gold"), comparison(kind="gold", status="held")]
    told = whole_study(comparison(), comparison(), equal, named, *gold)["comparisons"]
    assert told == {
        "laid_out": 4,
        "by_status": {"open": 2, "equal": 1, "held": 1},
        "not_shown": {"equal texts": 1, "names it": 1},
        "gold": 2,
    }


def rater(status="active", recognised=None, named=()) -> dict:
    return {
        "status": status,
        "surveyed": recognised is not None,
        "recognised": bool(recognised),
        "named": list(named),
    }


def test_who_took_part_is_counted_by_how_far_they_came():
    told = whole_study(raters=(rater(), rater("finished"), rater("finished")))["enrolment"]
    assert told == {"enrolled": 3, "by_status": {"active": 1, "finished": 2}}


def test_guesses_are_counted_of_those_who_were_asked():
    asked = (
        rater(recognised=True, named=["Heron"]),
        rater(recognised=True),
        rater(recognised=False),
        rater(),
    )
    told = {one["arm"]: one for one in whole_study(raters=asked)["blinding"]["guesses"]}
    assert [(name, one["right"], one["wrong"], one["n"]) for name, one in told.items()] == [
        ("Heron", 1, 1, 3),
        ("Plover", 0, 2, 3),
    ]
    assert told["Plover"]["value"] == pytest.approx(-2 / 3)
    assert whole_study(raters=(rater(),))["blinding"]["guesses"] == []


def test_responses_that_name_their_writer_are_counted_of_regular_comparisons():
    named = comparison(status="held") | {"self_identified": True}
    masked = comparison() | {"self_identified": True, "masked": True}
    gold = comparison(kind="gold") | {"self_identified": True}
    assert whole_study(comparison(), named, masked, gold)["blinding"]["scan"] == {
        "comparisons": 3,
        "naming_their_writer": 2,
        "by_status": {"held": 1, "open": 1},
        "masked": 1,
    }


def test_fractions_have_twelve_digits_wherever_they_stand_and_nothing_else_changes():
    value = {"a": [1 / 3, {"b": 2 / 3}], "n": 123456789012345, "yes": True, "text": "0.33333333333333"}
    assert rounded(value) == {**value, "a": [0.333333333333, {"b": 0.666666666667}]}
