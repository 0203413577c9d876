import random

import numpy as np
import pytest

from analysis.simulate import SimulatedRaters, SimulatedTruth, simulate_table
from analysis.win_rate import win_rate

POINTS = {"win": 1.0, "tie": 0.5, "loss": 0.0}
DEFAULT = SimulatedTruth.from_rates()


@pytest.mark.parametrize("rate", [0.03, 0.437, 0.5, 0.598, 0.97])
@pytest.mark.parametrize("bias", [-0.1, 0.0, 0.05])
def test_the_model_has_the_win_rate_it_was_asked_for(rate, bias):
    assert SimulatedTruth.from_rates(win_rate=rate, position_bias=bias).win_rate == pytest.approx(
        rate, abs=1e-12
    )


def test_between_equals_the_left_side_wins_by_the_position_bias():
    truth = SimulatedTruth.from_rates(win_rate=0.5, position_bias=0.05)
    assert truth.first_shown_win_rate == pytest.approx(0.55, abs=1e-12)
    assert truth.preference == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("file", "rater_sd"), [(0, 0.15), (1, 0.3), (2, 0.15)])
def test_the_closed_form_equals_the_golden_truth(goldens, file, rater_sd):
    golden = goldens["simulated"][file]["truth"]  # drawn with a latent position of .15
    bias = SimulatedTruth(0.0, rater_sd=rater_sd).rate_at(0.15) - 0.5
    truth = SimulatedTruth.from_rates(win_rate=golden["win_rate"], rater_sd=rater_sd, position_bias=bias)
    assert truth.position == pytest.approx(0.15, abs=1e-12)
    assert truth.tie_share == pytest.approx(golden["tie"], abs=1e-9)
    assert truth.first_shown_win_rate == pytest.approx(golden["first_shown_win_rate"], abs=1e-9)


def test_many_simulated_judgments_come_near_the_truth():
    rng = np.random.default_rng(1)
    result = win_rate(simulate_table(rng, 20_000, 1, 200, DEFAULT))
    assert result.value == pytest.approx(0.55, abs=4 * result.se)
    assert result.tie_share == pytest.approx(DEFAULT.tie_share, abs=0.01)


def test_a_simulated_table_has_the_design_it_was_asked_for():
    table = simulate_table(np.random.default_rng(0), 50, 4, 7, DEFAULT)
    assert set(table.prompt.counts().tolist()) == {4}
    assert len(set(zip(table.prompt.codes.tolist(), table.rater.codes.tolist(), strict=True))) == 200
    assert set(np.bincount(table.prompt.codes, weights=table.side == 1).tolist()) == {2.0}


def test_the_same_generator_gives_the_same_table():
    one, other = (simulate_table(np.random.default_rng(5), 30, 2, 6, DEFAULT) for _ in range(2))
    assert one.digest == other.digest


def test_single_answers_do_not_depend_on_the_order_of_asking():
    questions = [
        (rater, f"p{prompt}", side) for rater in range(4) for prompt in range(9) for side in ("left", "right")
    ]
    shuffled = random.Random(0).sample(questions, len(questions))
    answers = {question: SimulatedRaters(DEFAULT, seed=3).outcome(*question) for question in questions}
    again = SimulatedRaters(DEFAULT, seed=3)
    assert all(again.outcome(*question) == answers[question] for question in shuffled)


def test_single_answers_come_near_the_truth_over_seeds():
    answers = [
        SimulatedRaters(DEFAULT, seed).outcome(0, "p", "left" if seed % 2 else "right")
        for seed in range(20_000)
    ]
    # The standard error of 20,000 outcomes between 0 and 1 is at most .0035.
    assert np.mean([POINTS[answer] for answer in answers]) == pytest.approx(0.55, abs=0.014)


def test_standing_left_never_hurts_where_the_left_is_favoured():
    raters = SimulatedRaters(SimulatedTruth.from_rates(position_bias=0.2), seed=0)
    pairs = [(raters.outcome(0, f"{p}", "left"), raters.outcome(0, f"{p}", "right")) for p in range(500)]
    assert all(POINTS[left] >= POINTS[right] for left, right in pairs)
    assert any(POINTS[left] > POINTS[right] for left, right in pairs)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"win_rate": 1.0}, "win_rate lies between 0 and 1"),
        ({"win_rate": float("nan")}, "win_rate lies between 0 and 1"),
        ({"position_bias": 0.5}, r"position_bias lies between -0\.5 and 0\.5"),
        ({"rater_sd": -0.1}, "rater_sd is a number from 0 up"),
        ({"prompt_sd": float("inf")}, "prompt_sd is a number from 0 up"),
    ],
)
def test_rates_that_no_model_has_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        SimulatedTruth.from_rates(**given)


def test_more_ratings_than_raters_are_refused():
    with pytest.raises(ValueError, match="10 prompts x 4 ratings by 3 raters"):
        simulate_table(np.random.default_rng(0), 10, 4, 3, DEFAULT)


def test_a_side_that_is_neither_left_nor_right_is_refused():
    with pytest.raises(KeyError, match="top"):
        SimulatedRaters(DEFAULT, 0).outcome(0, "p", "top")
