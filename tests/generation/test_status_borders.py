"""Where the rules for responses begin and end: loops, fences, and words of chat templates."""

import pytest

from generation.statuses import is_loop, status_of

PASSAGE = "the sea was calm and the boat was"
CLOSED = "```\nx\n```\n"


def flags(*turns: str) -> list[str]:
    return status_of(turns, "stop").flags


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("ab" * 60, True),  # 120 characters
        ("ab" * 59 + "a", False),
        ("abcdefghij" * 12, True),
        ("abcdefghijk" * 11, False),  # 121 characters, but eleven times only
        ("".join(map(chr, range(0x4E00, 0x4E28))) * 12, True),  # forty characters, twelve times
        ("".join(map(chr, range(0x4E00, 0x4E29))) * 12, False),  # forty-one
        ("a well known word: " + "ha" * 60 + "!", True),
        ("12" * 60, False),
    ],
)
def test_what_is_not_cut_by_spaces_loops_by_its_own_measure(text, loops):
    assert is_loop(text) is loops


@pytest.mark.parametrize(("words", "loops"), [(12, False), (13, True)])
def test_passages_may_overlap(words, loops):
    assert is_loop("no " * words) is loops  # thirteen words hold the same eight six times


def test_a_passage_that_is_broken_differently_by_white_space_is_the_same_passage():
    assert is_loop("\n".join([PASSAGE, PASSAGE.replace(" ", "  "), PASSAGE.replace(" ", "\n")] * 2))


def test_one_turn_of_several_that_loops_makes_the_reply_one_that_loops():
    found = status_of(["Fine.", f"{PASSAGE} " * 6], "stop")
    assert (found.status, found.flags) == ("looping", ["loop"])
    assert status_of([PASSAGE] * 6, "stop").status == "ok"  # each turn by itself


def test_an_empty_turn_outweighs_a_loop_and_the_loop_is_still_told():
    found = status_of(["", f"{PASSAGE} " * 6], "stop")
    assert (found.status, found.flags) == ("empty", ["loop"])


def test_a_reply_without_a_turn_is_empty():
    assert status_of([], "stop").status == "empty"


@pytest.mark.parametrize(
    "token",
    ["<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "[INST]", "[/INST]", "<|im_start|>", "<|im_end|>"],
)
def test_every_template_token_is_told_in_whichever_turn_it_stands(token):
    assert flags("Fine.", f"Done.{token}") == ["template_token"]
    assert flags("Fine.", f"Done.{token[1:]}") == []


@pytest.mark.parametrize(
    ("turns", "told"),
    [
        (["~~~\nx\n"], True),
        (["   ```\nx\n"], True),
        (["    ```\nx\n"], False),  # four spaces make it text of a code block
        (["a ``` in a line"], False),
        ([CLOSED + "```\ny"], True),
        ([CLOSED + CLOSED], False),
        (["```\nx", "y\n```"], True),  # a fence ends with its turn
    ],
)
def test_a_fence_is_open_where_one_is_missing_in_a_turn(turns, told):
    assert flags(*turns) == (["unclosed_fence"] if told else [])
