"""Likeness of prompts, on pairs whose likeness can be counted by hand."""

import pytest

from promptsets.similarity import distinct_2, masked, near_duplicates, opening


def test_the_similarity_is_the_share_of_common_four_word_runs():
    texts = {"one": "a b c d e", "two": "a b c d f"}  # runs abcd, bcde and abcd, bcdf: 1 of 3
    (pair,) = near_duplicates(texts, at_least=0.1)
    assert (pair.first, pair.second, pair.jaccard) == ("one", "two", pytest.approx(1 / 3))
    assert not list(near_duplicates(texts, at_least=0.5))


def test_case_and_punctuation_hide_no_duplicate():
    assert list(near_duplicates({"one": "Name three birds, please!", "two": "name THREE birds please"}, 1.0))


def test_short_texts_are_compared_whole():
    assert list(near_duplicates({"one": "Why rain?", "two": "why rain"}, 1.0))
    assert not list(near_duplicates({"one": "Why rain?", "two": "Why snow?"}, 0.1))


def test_masking_leaves_what_a_template_leaves():
    one = masked('Tell Amina about the 3 dogs called "Rex"')
    assert (
        one
        == masked('Tell Pedro about the 12 dogs called "Mo"')
        == "Tell NAME about the NUMBER dogs called QUOTE"
    )


def test_openings_and_variety():
    assert opening("Could you, if you like, sing?") == "could you if you like"
    assert distinct_2({"one": "a b c", "two": "a b d"}) == pytest.approx(3 / 4)
