import numpy as np
import pytest

from analysis.columns import Labelled
from analysis.variance import clustered, effective_number, two_way_variance

PROMPT = Labelled.of(list("aabbccddee"))
RATER = Labelled.of(list("uvwxyzuvwx"))
Y = np.array([1, 0.5, 0, 0, 1, 1, 0.5, 0, 1, 0])
WEIGHTS = np.full(10, 0.1)
INFLUENCE = WEIGHTS * (Y - Y.mean())


def test_clusters_of_one_give_the_sample_variance_of_the_mean():
    single = Labelled.of([f"{i}" for i in range(10)])
    assert clustered(INFLUENCE, single) == pytest.approx(Y.var(ddof=1) / 10)


def test_lopsided_raters_get_the_leave_one_out_jackknife():
    rng = np.random.default_rng(3)
    y = rng.choice([0, 0.5, 1], 40)
    prompt = Labelled.of([f"p{row // 2:02}" for row in range(40)])
    rater = Labelled.of(["u"] * 28 + list("vwxyz") * 2 + ["v", "w"])  # counts as 1.9 raters of 6
    influence = (y - y.mean()) / 40
    without = [y[rater.codes != one].mean() for one in range(6)]
    v_rater = 5 / 6 * sum((mean - y.mean()) ** 2 for mean in without)
    v_prompt, v_cell = clustered(influence, prompt), y.var(ddof=1) / 40
    variance = two_way_variance(influence, np.full(40, 1 / 40), prompt, rater)
    assert variance.lopsided
    assert variance.value == pytest.approx(max(v_prompt + v_rater - v_cell, v_prompt, v_rater))


def test_even_raters_keep_the_plain_formula_and_its_largest_part():
    variance = two_way_variance(INFLUENCE, WEIGHTS, PROMPT, RATER)
    v_prompt, v_rater, v_cell = clustered(INFLUENCE, PROMPT), clustered(INFLUENCE, RATER), Y.var(ddof=1) / 10
    assert not variance.lopsided
    assert variance.value == pytest.approx(max(v_prompt + v_rater - v_cell, v_prompt, v_rater))


def test_effective_number_of_equal_clusters_is_their_number():
    assert effective_number(WEIGHTS, PROMPT) == pytest.approx(5)


def test_one_rater_has_no_variance_between_raters():
    with pytest.raises(ValueError, match="5 prompts and 1 raters"):
        two_way_variance(INFLUENCE, WEIGHTS, PROMPT, Labelled.of(["u"] * 10))
