import pytest
from scipy.stats import binomtest, norm

from analysis.significance import even_p_value, holm, sign_p_value, sign_test
from analysis.win_rate import win_rate


def test_the_exact_sign_test_equals_scipy(goldens):
    for golden in goldens["sign_test_exact"]:
        assert sign_p_value(golden["wins"], golden["losses"]) == pytest.approx(golden["p"], abs=1e-12)
    assert sign_p_value(3, 9) == pytest.approx(binomtest(3, 12).pvalue, abs=1e-12)


def test_nothing_to_either_side_says_nothing():
    assert sign_p_value(0, 0) == 1.0


def test_holm_equals_statsmodels(goldens):
    assert holm(goldens["holm"]["p"]) == pytest.approx(goldens["holm"]["adjusted"], abs=1e-12)


def test_holm_keeps_the_order_in_which_p_values_were_given():
    assert holm([0.3, 0.01, 0.02]) == pytest.approx([0.3, 0.03, 0.04])


def test_prompts_count_by_where_their_judgments_lean(table_of):
    table = table_of(["win", "win", "loss"] + ["loss"] * 3 + ["win", "tie", "loss"], ratings=3)
    result = sign_test(table)
    assert (result.won, result.lost, result.even, result.p) == (1, 1, 1, 1.0)


@pytest.mark.parametrize("file", ["sim_seed1.csv", "sim_seed2.csv", "sim_seed3.csv"])
def test_p_is_small_just_where_the_interval_leaves_one_half_out(simulated, file):
    table = simulated(file)
    p = win_rate(table).p_value
    on_the_edge = win_rate(table, level=1 - p)
    assert min(abs(on_the_edge.low - 0.5), abs(on_the_edge.high - 0.5)) < 1e-9


def test_without_degrees_of_freedom_p_is_the_normal_score_test(table_of):
    paper = win_rate(table_of(["win"] * 40 + ["loss"] * 20)).paper
    score = (40 / 60 - 0.5) / (0.25 / 60) ** 0.5
    assert even_p_value(paper) == pytest.approx(2 * norm.sf(score), rel=1e-9)
