"""Numbers as pages print them: shares in percent, changes in points, lengths of time in the unit that suits."""

from types import SimpleNamespace

import pytest

from assay.dashboards.templatetags import assay_numbers as numbers


@pytest.mark.parametrize(
    ("printed", "share", "told"),
    [
        (numbers.percent, 0.54321, "54.3%"),
        (numbers.percent, 1, "100.0%"),
        (numbers.whole_percent, 0.95, "95%"),
        (numbers.whole_percent, 0.999, "99.9%"),
        (numbers.rounded_percent, 0.126, "13%"),
        (numbers.points, 0.031, "+3.1"),
        (numbers.points, -0.031, "-3.1"),
        (numbers.points, 0, "+0.0"),
        (numbers.as_points, 0.031, "3.1"),
    ],
)
def test_shares_are_printed_in_hundredths(printed, share, told):
    assert printed(share) == told


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(0.418, 0.456, "[41.8, 45.6]"), (0, 1, "[0.0, 100.0]"), (None, 0.5, ""), (0.5, None, "")],
)
def test_an_interval_has_both_ends_or_is_not_printed(low, high, told):
    assert numbers.interval(SimpleNamespace(low=low, high=high)) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (89.4, "89 s"),
        (90, "2 min"),
        (5399, "90 min"),
        (5400, "1.5 h"),
        (172_799, "48.0 h"),
        (172_800, "2.0 d"),
        (1_000_000, "11.6 d"),
    ],
)
def test_a_length_of_time_changes_its_unit_at_the_borders(seconds, told):
    assert numbers.duration(seconds) == told
