"""The gate where nothing varied: what is not seen in so few prompts is all that there is to go by."""

import numpy as np
import pytest

from analysis.gate import all_criteria, gate
from analysis.proportions import score_interval, t_quantile
from analysis.tables import read_judgments


def beside_the_old(outcome, prompts, raters=6):
    rows = range(prompts * 2)
    return read_judgments(
        {
            "prompt_id": [f"p{row // 2:03}" for row in rows],
            "rater_id": [f"r{row % raters}" for row in rows],
            "outcome": [outcome] * len(rows),
            "candidate": ["new"] * len(rows),
            "baseline": ["old"] * len(rows),
        }
    )


def test_three_prompts_all_tied_can_pass_no_margin_and_say_so():
    result = gate(beside_the_old("tie", 3), old="old", new="new", margin=0.05)
    assert (result.verdict, result.power_at_no_change) == ("inconclusive", 0.0)
    assert any("with a chance of 0% only" in note for note in result.notes)


def test_hundreds_of_prompts_all_tied_pass():
    result = gate(beside_the_old("tie", 400), old="old", new="new", margin=0.05)
    assert (result.verdict, result.power_at_no_change, result.change.p) == ("pass", 1.0, 1.0)


def test_one_side_preferred_everywhere_is_an_improvement_among_several_criteria_too():
    won = gate(beside_the_old("win", 40), old="old", new="new")
    both = all_criteria({"helpful": won, "correct": won})
    assert (won.verdict, both.verdict, both.improved) == (
        "improvement",
        "improvement",
        ("helpful", "correct"),
    )


def test_a_change_ends_where_no_change_can_be_larger():
    change = gate(beside_the_old("win", 40), old="old", new="new").change
    assert (change.value, change.high) == (0.5, 0.5)
    assert change.low == pytest.approx(0.5 - score_interval(0.0, 40, t_quantile(0.95, change.df)).high)


def test_p_is_one_less_the_level_at_which_the_interval_reaches_no_change():
    change = gate(beside_the_old("win", 12), old="old", new="new").change
    reach = score_interval(0.0, 12, t_quantile(1 - change.p, change.df)).high
    assert np.isclose(reach, abs(change.value))
