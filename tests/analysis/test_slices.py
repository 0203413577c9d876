import pytest

from analysis.slices import win_rates_by_category
from analysis.tables import TableError, read_judgments
from analysis.variance import NOTHING
from analysis.win_rate import win_rate

OUTCOMES = ["win", "loss", "tie", "win"] * 15  # 60 prompts


def categories(large, small):
    return ["coding"] * large + ["writing"] * small


def test_a_slice_is_the_win_rate_of_its_rows_alone(table_of):
    coding, writing = win_rates_by_category(table_of(OUTCOMES, category=categories(40, 20)))
    alone = win_rate(table_of(OUTCOMES[:40]))
    assert (coding.label, coding.n, coding.prompts) == ("coding", 40, 40)
    assert (coding.win_rate.low, coding.win_rate.high) == (alone.low, alone.high)
    assert writing.win_rate.prompts == 20  # just enough


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


def test_looking_at_several_slices_raises_each_p(table_of):
    table = table_of(["win"] * 18 + ["loss"] * 12 + ["win", "loss"] * 15, category=categories(30, 30))
    coding, writing = win_rates_by_category(table)
    assert coding.p_adjusted == pytest.approx(
        min(1, 2 * coding.win_rate.p_value)
    )  # the smaller of two, by Holm
    assert writing.p_adjusted == pytest.approx(1.0)


def test_slices_are_pulled_towards_their_mean(table_of):
    outcomes = ["win"] * 24 + ["loss"] * 6 + ["win"] * 18 + ["loss"] * 12 + ["win"] * 12 + ["loss"] * 18
    labels = ["a"] * 30 + ["b"] * 30 + ["c"] * 30
    a, b, c = win_rates_by_category(table_of(outcomes, category=labels))
    assert b.win_rate.value < a.shrunk.value < a.win_rate.value
    assert c.win_rate.value < c.shrunk.value < b.win_rate.value
    assert a.to_dict()["shrunk"]["value"] == a.shrunk.value


def test_two_slices_are_not_pulled(table_of):
    assert all(
        part.shrunk is None for part in win_rates_by_category(table_of(OUTCOMES, category=categories(30, 30)))
    )


def test_a_slice_in_which_all_won_is_pulled_like_any_other(table_of):
    outcomes = ["win"] * 30 + ["win", "loss"] * 15 + ["loss", "win", "loss"] * 10
    parts = win_rates_by_category(table_of(outcomes, category=["a"] * 30 + ["b"] * 30 + ["c"] * 30))
    assert 0.5 < parts[0].shrunk.value < 1.0


def test_a_slice_whose_prompts_all_come_out_even_is_pulled_like_any_other():
    # In c both raters of a prompt differ, so only rounding (1e-17) is left of its error.
    rows = [
        (f"{label}{i}", f"r{(i + k) % 6}", outcome, label)
        for label, third in (("a", "win"), ("b", "tie"))
        for i in range(24)
        for k, outcome in enumerate(("win", "loss", third))
    ]
    for i in range(24):
        first, second = ("win", "loss") if i % 2 else ("loss", "win")
        rows += [(f"c{i}", f"r{i // 2 % 6}", first, "c"), (f"c{i}", f"r{(i // 2 + 1) % 6}", second, "c")]
    names = ("prompt_id", "rater_id", "outcome", "category")
    parts = win_rates_by_category(read_judgments(dict(zip(names, zip(*rows, strict=True), strict=True))))
    assert parts[2].win_rate.se ** 2 < NOTHING
    assert all(0 < part.shrunk.low < part.shrunk.high < 1 for part in parts)


def test_a_prompt_in_two_categories_is_refused(table_of):
    mixed = table_of(OUTCOMES, ratings=2, category=["coding", "writing"] * 30)
    with pytest.raises(TableError, match="prompt 'p0' stands in several: coding, writing"):
        win_rates_by_category(mixed)
