import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest

from analysis.rate_differences import independent_difference, paired_difference, paired_score, tango


def test_newcombe_equals_statsmodels(goldens):
    for golden in goldens["newcombe_difference"]:
        counts = (golden[name] for name in ("x1", "n1", "x2", "n2"))
        ends = independent_difference(*counts)
        assert (ends.low, ends.high) == pytest.approx(golden["ci"], abs=1e-6)


def test_tango_equals_the_published_example():
    # Tango (1998), Table 1: 44 eyes, 0 and 1 discordant; the reversed difference is [-0.059, 0.118].
    ends = tango(1, 0, 44)
    assert (ends.low, ends.high) == pytest.approx((-0.0594, 0.1181), abs=5e-5)


@pytest.mark.parametrize(("b", "c", "n"), [(12, 5, 60), (3, 0, 400), (30, 31, 90)])
def test_tangos_ends_are_where_the_score_of_the_likeliest_table_is_z(b, c, n):
    for end, z in zip((tango(b, c, n).low, tango(b, c, n).high), (1.959964, -1.959964), strict=True):
        assert slow_score(b, c, n, end) == pytest.approx(z, abs=1e-4)


def slow_score(b, c, n, d):
    """The score statistic with the nuisance share found by maximising the likelihood numerically."""

    def negative(share):
        p_c, p_b = share, share + d
        rest = 1 - p_b - p_c
        logs = [(b, p_b), (c, p_c), (n - b - c, rest)]
        return -sum(count * math.log(p) for count, p in logs if count)

    low, high = max(0.0, -d) + 1e-12, (1 - d) / 2 - 1e-12
    p_c = minimize_scalar(negative, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    return (b - c - n * d) / math.sqrt(n * (2 * p_c + d - d * d))


def test_at_no_difference_the_score_is_mcnemars():
    assert paired_score(15, 6, 80, 0.0) == pytest.approx((15 - 6) / math.sqrt(15 + 6))


def test_swapping_the_two_mirrors_the_interval():
    ends, swapped = tango(9, 4, 50), tango(4, 9, 50)
    assert (swapped.low, swapped.high) == pytest.approx((-ends.high, -ends.low), abs=1e-12)


def test_no_discordant_pair_gives_wilsons_upper_end_of_nothing():
    ends = tango(0, 0, 400)
    squared = 1.959964**2
    assert ends.high == pytest.approx(squared / (400 + squared), abs=1e-7)
    assert ends.low == pytest.approx(-ends.high)


def test_p_is_mcnemars_exact():
    assert paired_difference(12, 3, 100).p == pytest.approx(binomtest(3, 15).pvalue, abs=1e-12)


def test_all_pairs_discordant_one_way_touch_the_edge():
    assert tango(10, 0, 10).high == 1.0
    assert tango(0, 10, 10).low == -1.0


def test_tango_covers_as_often_as_it_says():
    rng, held = np.random.default_rng(5), 0
    for b, c, _ in rng.multinomial(100, [0.12, 0.06, 0.82], 1000):
        ends = tango(int(b), int(c), 100)
        held += ends.low <= 0.06 <= ends.high
    assert 928 <= held <= 971  # binomial around .95, 99.8 %


@pytest.mark.parametrize("counts", [(1, 1, 1), (-1, 0, 5), (0, 0, 0)])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(ValueError, match="counts from 0 up"):
        paired_difference(*counts)
