"""A rule leaves out whoever is beyond its limit, once there are cases enough to tell; by hand nobody is left out."""

import pytest

from raters.quality.measures import RaterQuality, Share
from raters.studies.exclusions import left_out_by


def rater(code: str, **shares: tuple[int, int]) -> RaterQuality:
    of = {name: Share(*shares.get(name, (0, 0))) for name in ("gold", "agreement", "self_agreement", "fast")}
    return RaterQuality(code, n=40, shares=of, longest_run=1, median_ms=None)


@pytest.mark.parametrize(
    ("rule", "beyond", "at"),
    [
        ({"gold_below": 0.6}, {"gold": (2, 5)}, {"gold": (3, 5)}),
        ({"agreement_below": 0.5}, {"agreement": (4, 10)}, {"agreement": (5, 10)}),
        ({"self_agreement_below": 0.8}, {"self_agreement": (7, 10)}, {"self_agreement": (8, 10)}),
        ({"fast_above": 0.5}, {"fast": (6, 10)}, {"fast": (5, 10)}),
    ],
)
def test_who_is_beyond_the_limit_is_left_out_by_its_name_and_who_is_at_it_stays(rule, beyond, at):
    assert left_out_by(rule, [rater("R1", **beyond), rater("R2", **at)]) == {"R1": next(iter(rule))}


def test_fewer_than_five_cases_say_nothing_of_a_rater():
    rule = {"gold_below": 0.6}
    figures = [rater("R1", gold=(0, 4)), rater("R2", gold=(0, 5)), rater("R3", gold=(0, 0))]
    assert left_out_by(rule, figures) == {"R2": "gold_below"}


def test_each_rule_looks_at_its_own_measure_and_the_first_one_broken_is_told():
    rules = {"fast_above": 0.5, "gold_below": 0.6}
    both = rater("R1", gold=(0, 10), fast=(10, 10))
    assert left_out_by(rules, [both]) == {"R1": "fast_above"}
    assert left_out_by(dict(reversed(rules.items())), [both]) == {"R1": "gold_below"}
    assert left_out_by(rules, [rater("R2", gold=(10, 10), agreement=(0, 10))]) == {}
