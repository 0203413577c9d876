import json
import math

import numpy as np
import pytest

from analysis.estimates import effective_n
from analysis.tables import TableError, read_judgments
from analysis.win_rate import PAPER, PROMPT_ONLY, TWO_WAY, win_rate

FILES = ["sim_seed1.csv", "sim_seed2.csv", "sim_seed3.csv"]
MIXED = ["win", "tie", "loss", "win", "win", "loss", "tie", "win", "loss", "win", "win", "tie"] * 3


@pytest.fixture(params=FILES)
def golden(request, goldens):
    return next(golden for golden in goldens["simulated"] if golden["file"] == request.param)


@pytest.fixture
def estimated(golden, simulated):
    return win_rate(simulated(golden["file"]))


def test_counts_equal_the_golden_ones(golden, estimated):
    for name in ("n", "prompts", "raters", "wins", "ties", "losses"):
        assert getattr(estimated, name) == golden[name]


def test_headline_equals_the_golden_two_way_interval(golden, estimated):
    assert estimated.method == TWO_WAY
    assert estimated.value == pytest.approx(golden["win_rate_prompt_weighted"], abs=1e-6)
    assert estimated.se == pytest.approx(golden["se_two_way_max_rule"], abs=1e-6)
    assert estimated.df == pytest.approx(golden["satterthwaite_df"], abs=1e-6)
    assert (estimated.low, estimated.high) == pytest.approx(golden["ci_two_way_effective_wilson"], abs=1e-6)


def test_prompt_only_error_equals_statsmodels(golden, estimated):
    assert estimated.prompt_only.se == pytest.approx(golden["se_prompt_cluster_statsmodels"], abs=1e-6)


def test_paper_interval_equals_the_golden_pooled_wilson(golden, estimated):
    ends = (estimated.paper.low, estimated.paper.high)
    assert ends == pytest.approx(golden["ci_wilson_pooled"], abs=1e-6)


def test_prompts_count_once_however_often_they_were_judged(table_of):
    outcomes = ["win"] * 4 + ["loss", "loss"]
    prompts = {"prompt_id": ["a", "a", "a", "a", "b", "b"]}
    assert win_rate(table_of(outcomes, **prompts)).value == pytest.approx(1 / 2)
    assert win_rate(table_of(outcomes, **prompts), weighting="judgments").value == pytest.approx(4 / 6)


def test_row_order_never_changes_a_digit(simulated):
    table = simulated("sim_seed3.csv")
    rows = {
        "prompt_id": table.prompt.values(),
        "rater_id": table.rater.values(),
        "outcome": [("loss", "tie", "win")[points] for points in table.points],
    }
    order = np.random.default_rng(0).permutation(len(table)).tolist()
    shuffled = {name: [values[row] for row in order] for name, values in rows.items()}
    assert win_rate(read_judgments(shuffled)) == win_rate(read_judgments(rows))


def test_new_names_for_prompts_and_raters_leave_the_interval(table_of):
    renamed = {
        "prompt_id": [f"q{99 - row // 3}" for row in range(36)],
        "rater_id": [f"{9 - row % 6}" for row in range(36)],
    }
    before, after = win_rate(table_of(MIXED, ratings=3)), win_rate(table_of(MIXED, ratings=3, **renamed))
    assert (after.low, after.high) == pytest.approx((before.low, before.high), abs=1e-12)


@pytest.mark.parametrize("weighting", ["prompts", "judgments"])
def test_swapping_candidate_and_baseline_mirrors_every_interval(table_of, weighting):
    swapped = [{"win": "loss", "loss": "win", "tie": "tie"}[outcome] for outcome in MIXED]
    ours, theirs = (win_rate(table_of(rows, ratings=3), weighting=weighting) for rows in (MIXED, swapped))
    for one, other in ((ours, theirs), (ours.prompt_only, theirs.prompt_only), (ours.paper, theirs.paper)):
        assert (other.low, other.high) == pytest.approx((1 - one.high, 1 - one.low), abs=1e-12)


def test_a_higher_level_gives_a_wider_interval(table_of):
    narrow, wide = (win_rate(table_of(MIXED, ratings=3), level=level) for level in (0.8, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_all_wins_take_each_prompt_as_one_trial(table_of):
    result = win_rate(table_of(["win"] * 60, ratings=3))
    assert (result.value, result.high, result.n_eff, result.se) == (1.0, 1.0, 20.0, 0.0)
    # Wilson's lower end of 20 of 20 is n / (n + t^2), with t of min(P, R) - 1 = 5 degrees of freedom, 2.5706.
    assert result.low == pytest.approx(20 / (20 + 2.570582**2), abs=1e-6)
    assert any("all judgments agree" in note for note in result.notes)


def test_all_ties_lie_around_one_half(table_of):
    result = win_rate(table_of(["tie"] * 60, ratings=3))
    assert result.value == 0.5
    assert result.low == pytest.approx(1 - result.high)
    assert 0 < result.low < 0.5
    assert result.decisive_win_rate is None


@pytest.mark.parametrize("raters", [1, 4])
def test_few_raters_make_the_prompt_only_interval_the_headline(table_of, raters):
    result = win_rate(table_of(MIXED, raters=raters))
    assert not result.new_raters
    assert result.method == PROMPT_ONLY
    assert (result.low, result.high) == (result.prompt_only.low, result.prompt_only.high)
    assert any("rater sampling not estimable" in note for note in result.notes)


def test_raters_who_did_most_are_warned_of(table_of):
    raters = ["r0"] * 26 + [f"r{1 + row % 7}" for row in range(10)]
    result = win_rate(table_of(MIXED, rater_id=raters))
    assert result.effective_raters < 8 / 2
    assert any("few raters did most" in note for note in result.notes)


def test_both_bad_counts_as_a_tie_and_has_its_own_share(table_of):
    bad = [outcome == "tie" and row < 12 for row, outcome in enumerate(MIXED)]
    result = win_rate(table_of(MIXED, both_bad=bad))
    assert (result.ties, result.both_bad) == (9, 3)
    assert result.both_bad_share == pytest.approx(3 / 36)


def test_an_unbalanced_left_side_is_noted(table_of):
    sides = ["left"] * 20 + ["right"] * 8 + [""] * 8
    result = win_rate(table_of(MIXED, side=sides))
    assert (result.sides_known, result.left_share) == (28, pytest.approx(20 / 28))
    assert any("stood left in 71.4%" in note for note in result.notes)


def test_several_pairs_in_one_table_are_refused(table_of):
    table = table_of(MIXED, candidate=["x", "y"] * 18, baseline=["z"] * 36)
    with pytest.raises(TableError, match=r"2 pairs .*x against z; y against z"):
        win_rate(table)
    assert win_rate(table.of_pair("x", "z")).n == 18


def test_weights_that_do_not_exist_are_refused(table_of):
    with pytest.raises(ValueError, match="not 'raters'"):
        win_rate(table_of(MIXED), weighting="raters")


@pytest.mark.parametrize("outcomes", [["win", "loss"], ["win", "win"], ["tie", "loss"], ["loss", "loss"]])
@pytest.mark.parametrize("raters", [1, 2])
def test_two_judgments_give_defined_numbers(table_of, outcomes, raters):
    result = win_rate(table_of(outcomes, raters=raters))
    assert 0 <= result.low <= result.value <= result.high <= 1


def test_prompts_that_all_split_evenly_give_a_finite_interval(table_of):
    result = win_rate(table_of(["win", "tie", "loss"] * 12, ratings=3))
    assert 0 < result.prompt_only.low < 0.5 < result.prompt_only.high < 1
    assert result.prompt_only.n_eff == 12  # nothing varies between prompts: one trial each


def test_the_dictionary_is_json_without_nan_and_has_the_promised_names(table_of):
    result = json.loads(json.dumps(win_rate(table_of(MIXED)).to_dict(), allow_nan=False))
    promised = {"value", "low", "high", "level", "method", "wins", "ties", "losses", "n", "prompts", "raters"}
    assert promised | {"data_digest", "weighting", "net_win_rate", "prompt_only", "paper"} <= set(result)
    assert math.isclose(result["net_win_rate"], 2 * result["value"] - 1)


def test_paper_mode_puts_the_published_method_first_and_ours_beside_it(table_of):
    result = win_rate(table_of(MIXED, ratings=3))
    shown = result.to_dict(paper=True)
    assert (shown["method"], shown["weighting"]) == (PAPER, "judgments")
    assert (shown["low"], shown["high"]) == (result.paper.low, result.paper.high)
    assert shown["headline"]["low"] == result.low


def test_five_raters_are_enough_to_speak_of_new_ones(table_of):
    assert win_rate(table_of(MIXED, raters=5)).new_raters


def test_no_variance_counts_for_more_than_four_times_the_judgments():
    assert effective_n(0.5, 1e-9, 10, 5) == 40
    assert effective_n(0.5, 0.02, 10, 5) == pytest.approx(12.5)
    assert effective_n(0.5, 0.9, 10, 5) == 1
