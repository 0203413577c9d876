import pytest
from scipy.stats import binom, binomtest

from analysis.proportions import clopper_pearson, t_quantile, wilson


def test_wilson_equals_statsmodels(goldens):
    for golden in goldens["proportions"]:
        interval = wilson(golden["x"], golden["n"])
        assert (interval.low, interval.high) == pytest.approx(golden["wilson"], abs=1e-6)


def test_clopper_pearson_equals_statsmodels(goldens):
    for golden in goldens["proportions"]:
        interval = clopper_pearson(golden["x"], golden["n"])
        assert (interval.low, interval.high) == pytest.approx(golden["beta"], abs=1e-6)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_both_intervals_equal_scipy_at_other_levels(level):
    test = binomtest(7, 23)
    exact, score = test.proportion_ci(level, "exact"), test.proportion_ci(level, "wilson")
    ours = clopper_pearson(7, 23, level), wilson(7, 23, level)
    assert (ours[0].low, ours[0].high) == pytest.approx((exact.low, exact.high), abs=1e-9)
    assert (ours[1].low, ours[1].high) == pytest.approx((score.low, score.high), abs=1e-9)


def test_clopper_pearson_ends_leave_half_the_error_in_each_tail():
    interval = clopper_pearson(7, 23)
    assert binom.sf(6, 23, interval.low) == pytest.approx(0.025)
    assert binom.cdf(7, 23, interval.high) == pytest.approx(0.025)


def test_wilson_of_none_and_of_all_touches_the_edge_exactly():
    assert wilson(0, 400).low == 0.0
    assert wilson(400, 400).high == 1.0


def test_wilson_of_losses_mirrors_wilson_of_wins():
    wins, losses = wilson(12, 60), wilson(48, 60)
    assert (losses.low, losses.high) == pytest.approx((1 - wins.high, 1 - wins.low), abs=1e-15)


def test_t_with_one_degree_of_freedom_is_the_cauchy_quantile():
    assert t_quantile(0.95, 1) == pytest.approx(12.7062047, abs=1e-6)  # tan(0.475 pi)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
def test_a_share_of_nothing_is_refused(interval):
    with pytest.raises(ValueError, match="a share of nothing"):
        interval(0, 0)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
@pytest.mark.parametrize("successes", [-1, 11, float("nan")])
def test_more_successes_than_trials_are_refused(interval, successes):
    with pytest.raises(ValueError, match="between 0 and n = 10"):
        interval(successes, 10)


@pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
def test_a_level_that_is_no_share_is_refused(level):
    with pytest.raises(ValueError, match=r"such as 0\.95"):
        wilson(5, 10, level)
