"""The word diff: nothing lost, nothing run, both sides alike, and an end in reasonable time."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raters.desk.rendering import shown_text
from raters.desk.word_diff import diff

TEXTS = st.text(st.sampled_from("ab \n<>&\"'é\u202e"), max_size=60)


def plain(html: str) -> str:
    return unescape(re.sub(r"</?(?:ins|del)>", "", html))


def test_words_of_one_side_are_marked_and_shared_ones_are_not():
    found = diff("the red boat", "the blue boat")
    assert (found.left, found.right) == ("the <del>red</del> boat", "the <ins>blue</ins> boat")


def test_equal_texts_have_no_difference():
    assert diff("same\nhere", "same\nhere").differences == 0


@given(TEXTS, TEXTS)
def test_the_marks_taken_away_both_texts_are_whole(left, right):
    found = diff(left, right)
    assert (plain(found.left), plain(found.right)) == (shown_text(left), shown_text(right))


@given(TEXTS, TEXTS)
def test_the_sides_swapped_the_marks_swap(left, right):
    one, other = diff(left, right), diff(right, left)
    assert (one.differences == 0) == (other.differences == 0)


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", "<del><img src=x onerror=alert(1)>"])
def test_mark_up_in_a_text_stays_text(attack):
    found = diff(attack, "")
    assert set(re.findall(r"<[^>]*>", found.left)) == {"<del>", "</del>"}


def test_huge_texts_end():
    many = "\n".join(f"line {number}" for number in range(20_000))
    assert diff("word " * 40_000, "other " * 40_000).differences == 1
    assert diff(many, many.replace("7", "8")).differences >= 1
