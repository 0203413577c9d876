import pytest

from analysis.slices import win_rates_by_category
from analysis.tables import TableError
from analysis.win_rate import win_rate

OUTCOMES = ["win", "loss", "tie", "win"] * 15  # 60 prompts


def categories(large, small):
    return ["coding"] * large + ["writing"] * small


def test_a_slice_is_the_win_rate_of_its_rows_alone(table_of):
    coding, _ = win_rates_by_category(table_of(OUTCOMES, category=categories(40, 20)))
    alone = win_rate(table_of(OUTCOMES[:40]))
    assert (coding.label, coding.n, coding.prompts) == ("coding", 40, 40)
    assert (coding.win_rate.low, coding.win_rate.high) == (alone.low, alone.high)


def test_under_twenty_prompts_there_are_counts_only(table_of):
    _, writing = win_rates_by_category(table_of(OUTCOMES, category=categories(41, 19)))
    assert (writing.prompts, writing.wins, writing.ties, writing.losses) == (19, 9, 5, 5)
    assert writing.win_rate is None
    assert writing.to_dict()["win_rate"] is None


def test_prompts_without_a_category_are_a_slice_of_their_own(table_of):
    slices = win_rates_by_category(table_of(OUTCOMES, category=[""] * 30 + ["coding"] * 30))
    assert [part.label for part in slices] == ["", "coding"]
    assert sum(part.n for part in slices) == 60


def test_a_table_without_categories_is_refused(table_of):
    with pytest.raises(TableError, match="no column category"):
        win_rates_by_category(table_of(OUTCOMES))
