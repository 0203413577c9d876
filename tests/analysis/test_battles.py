"""Battles from plain columns: coded, in one order, and refused where they do not fit together."""

import numpy as np
import pytest

from analysis.battles import Battles
from analysis.leaderboard import rank_battles
from analysis.tables import TableError


def columns(n=300):
    rng = np.random.default_rng(7)
    first = rng.integers(0, 4, n)
    second = (first + rng.integers(1, 4, n)) % 4
    names = np.array(["ada", "bob", "cleo", "dan"])
    prompt, rater = rng.integers(0, 30, n), rng.integers(0, 8, n)
    return names[first], names[second], rng.integers(0, 3, n), prompt, rater


def test_order_of_rows_changes_no_digit_of_a_board():
    rows = columns()
    shuffled = np.random.default_rng(1).permutation(300)
    board = rank_battles(Battles.of(*rows))
    assert rank_battles(Battles.of(*(column[shuffled] for column in rows))) == board


@pytest.mark.parametrize("short", range(5))
def test_columns_of_unequal_length_are_refused(short):
    rows = [column[:-1] if i == short else column for i, column in enumerate(columns())]
    with pytest.raises(TableError, match="columns differ in length"):
        Battles.of(*rows)
