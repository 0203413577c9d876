"""What `make fuzz` tries is enough, and is counted."""

from tests.fuzz.profile import BUDGETS


def test_a_hundred_thousand_cases_are_tried_without_the_api_and_the_ledger():
    assert sum(BUDGETS.values()) >= 100_000
