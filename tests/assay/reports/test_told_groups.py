"""Rates of groups are laid out in the reader's own names and order, in which no digit tells that one was turned."""

import pytest

from assay.reports.blinding import Arms
from assay.reports.models import GroupRates
from assay.reports.told_groups import groups_of
from raters.models import Study
from tests import builders

WIN = {"value": 0.57, "low": 0.41, "high": 0.72, "level": 0.95, "method": "by prompt and rater"}
BROKEN = {"value": 0.1, "low": 0.0, "high": 0.3, "level": 0.95, "method": "Wilson"}


@pytest.fixture
def study(db) -> Study:
    """Two groups of each pair, of which one cannot be told; of each arm one group."""
    study = builders.study(about_raters=["age"])
    a, b = study.arms.values_list("pk", flat=True)
    of_pair = [{"answers": [0, 1], "raters": 5} | WIN, {"answers": [2, None], "raters": 6, "value": None}]
    of_arms = [
        {"arm": arm, "groups": [{"answers": [3], "raters": n} | BROKEN]} for arm, n in ((a, 7), (b, 8))
    ]
    content = [{"key": "age", "pairs": [{"a": a, "b": b, "groups": of_pair}], "arms": of_arms}]
    GroupRates.objects.create(study=study, report=1, answers=20, content=content)
    return study


def told_to(study: Study, first: str, second: str, *, is_blind: bool):
    a, b = study.arms.values_list("pk", flat=True)
    (found,) = groups_of(study, Arms({a: first, b: second}, is_blind=is_blind))
    return found


@pytest.mark.parametrize(
    ("first", "second", "is_blind", "of", "ends"),
    [
        ("plover", "heron", False, "plover – heron", (0.57, 0.41, 0.72)),
        ("Model 1", "Model 2", True, "Model 1 – Model 2", (0.57, 0.41, 0.72)),
        ("Model 2", "Model 1", True, "Model 1 – Model 2", (0.43, 0.28, 0.59)),
    ],
)
def test_a_rate_is_of_the_arm_that_comes_first_for_the_reader_to_the_last_digit(
    study, first, second, is_blind, of, ends
):
    row = told_to(study, first, second, is_blind=is_blind).rows[0]
    assert (row.of, row.rate_called, row.raters) == (of, "Win rate", 5)
    assert (row.value, row.low, row.high) == ends and (row.level, row.method) == (0.95, WIN["method"])


def test_a_group_that_cannot_be_told_has_no_rate_whoever_comes_first(study):
    for names in (("Model 1", "Model 2"), ("Model 2", "Model 1")):
        row = told_to(study, *names, is_blind=True).rows[1]
        assert (row.raters, row.value, row.low, row.high, row.level, row.method) == (
            6,
            None,
            None,
            None,
            None,
            "",
        )


def test_a_group_is_called_by_what_was_said_and_last_by_what_was_not(study):
    rows = told_to(study, "heron", "plover", is_blind=False).rows
    assert [row.group for row in rows[:3]] == ["18 to 29 or 30 to 44", "45 to 59 or not said", "60 or more"]


def test_violations_stand_by_the_names_that_the_reader_knows(study):
    for names, raters in ((("Model 1", "Model 2"), [7, 8]), (("Model 2", "Model 1"), [8, 7])):
        rows = told_to(study, *names, is_blind=True).rows[2:]
        assert [row.of for row in rows] == ["Model 1", "Model 2"] and [row.raters for row in rows] == raters
        assert {(row.rate_called, row.value, row.high) for row in rows} == {("Violations", 0.1, 0.3)}


def test_methods_are_told_once_each(study):
    found = told_to(study, "heron", "plover", is_blind=False)
    assert found.methods == ["Violations: Wilson", "Win rate: by prompt and rater"]


def test_without_rates_there_are_no_groups(study):
    GroupRates.objects.all().delete()
    assert groups_of(study, Arms({}, is_blind=True)) == []
