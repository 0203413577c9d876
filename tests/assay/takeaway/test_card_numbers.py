"""A card's numbers as people read them: none without its interval, none for what is not known."""

import pytest

from assay.takeaway.card_page import label_of, laid_out
from assay.takeaway.templatetags.card_numbers import (
    decimals,
    ends,
    interval,
    listed,
    moment,
    percent,
    whole_percent,
)


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "–"), (0.0, "0.0%"), (1.0, "100.0%"), (0.41849, "41.8%"), (0.9999, "100.0%"), (-0.25, "-25.0%")],
)
def test_a_share_is_told_in_percent_and_none_is_not_zero(value, told):
    assert percent(value) == told


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"low": 0.418, "high": 0.456}, "[41.8, 45.6]"),
        ({"low": 0.0, "high": 0.0}, "[0.0, 0.0]"),
        ({"low": None, "high": 0.5}, ""),
        ({"low": 0.5, "high": None}, ""),
        ({}, ""),
    ],
)
def test_an_interval_has_both_its_ends_or_is_not_told(row, told):
    assert interval(row) == told


@pytest.mark.parametrize(
    ("row", "told"),
    [({"low": -0.05, "high": 0.0}, "[-0.05, 0.00]"), ({"low": 0.21}, ""), ({"low": 0.21, "high": None}, "")],
)
def test_so_has_that_of_a_coefficient_which_is_no_percentage(row, told):
    assert ends(row) == told


@pytest.mark.parametrize(("value", "told"), [(None, "–"), (0.0, "0.00"), (-0.333, "-0.33"), (1, "1.00")])
def test_a_coefficient_has_two_decimals(value, told):
    assert decimals(value) == told


@pytest.mark.parametrize(("share", "told"), [(0.95, "95%"), (0.999, "99.9%"), (0.5, "50%")])
def test_a_level_has_no_decimals_that_say_nothing(share, told):
    assert whole_percent(share) == told


@pytest.mark.parametrize(
    ("iso", "told"), [("2026-11-24T16:10:59.123+00:00", "2026-11-24 16:10 UTC"), (None, "–"), ("", "–")]
)
def test_a_moment_is_told_to_the_minute(iso, told):
    assert moment(iso) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "none"),
        ("", "none"),
        ([], "none"),
        ({}, "none"),
        (0, "0"),
        (False, "False"),
        (["a", 1], "a, 1"),
        ({"agreement": 0.5, "of": {"n": 3}}, "agreement 0.5, of n 3"),
        ({"of": None}, "of none"),
    ],
)
def test_a_small_object_stands_on_one_line_and_nought_is_something(value, told):
    assert listed(value) == told


@pytest.mark.parametrize(
    ("category", "told"), [("", "no category"), ("creative_writing", "creative writing"), ("maths", "maths")]
)
def test_a_category_is_told_in_words(category, told):
    assert label_of(category) == told


def rate(value: float | None = 0.5, **more) -> dict:
    counts = {"n": 12, "prompts": 6, "raters": 2, "wins": 3, "ties": 6, "losses": 3}
    ends_of = {} if value is None else {"low": value - 0.1, "high": value + 0.1}
    return {"value": value, **ends_of, **counts, **more}


def pair(**more) -> dict:
    beside = dict.fromkeys(("as_published", "without_exclusions", "without_self_identification", "both_bad"))
    numbers = {"win_rate": rate(), "these_raters_only": rate(0.4), "categories": []}
    return {"first": "Heron", "second": "Plover", **beside, **numbers, **more}


def test_the_headline_comes_first_then_what_stands_beside_it_then_its_parts():
    parts = [{"category": "maths", **rate(0.7)}, {"category": "", **rate(None)}]
    rows = laid_out(1, pair(both_bad=rate(0.1), categories=parts))["rows"]
    assert [row["label"] for row in rows] == [
        "All prompts",
        "All, these raters only",
        "Both bad, of all",
        "maths",
        "no category",
    ]
    assert [row["value"] for row in rows] == [0.5, 0.4, 0.1, 0.7, None]


def test_only_the_headline_and_its_parts_are_drawn():
    drawn = laid_out(3, pair(both_bad=rate(0.1), categories=[{"category": "maths", **rate(0.7)}]))
    assert "maths" in drawn["forest"] and "Both bad" not in drawn["forest"]
    assert "Heron against Plover" in drawn["forest"] and "pair3" in drawn["forest"]
    assert "pair3-ties" in drawn["ties"]


def test_a_name_with_a_tag_in_it_is_text_in_the_drawing():
    drawn = laid_out(1, pair(first="<script>x</script>", categories=[{"category": "<b>", **rate(0.7)}]))
    assert "<script>" not in drawn["forest"] + drawn["ties"] and "<b>" not in drawn["forest"]


def test_a_pair_without_numbers_is_told_as_one():
    told = {"first": "Heron", "second": "Plover", "judgments": 3, "why_none": "fewer than two prompts"}
    assert laid_out(1, told) == {"pair": told}
