import pytest

from generation.statuses import is_loop, status_of

PASSAGE = "the sea was calm and the boat was"  # eight words


@pytest.mark.parametrize(
    ("turns", "finish_reason", "status"),
    [
        (["A heron."], "stop", "ok"),
        (["A heron."], "imported", "ok"),
        (["A her"], "length", "truncated"),
        ([""], "stop", "empty"),
        ([" \n\u00a0"], "length", "empty"),
        (["First answer.", "\n"], "stop", "empty"),
        ([f"{PASSAGE} " * 6], "length", "looping"),
    ],
)
def test_a_status_follows_from_text_and_finish_reason(turns, finish_reason, status):
    assert status_of(turns, finish_reason).status == status


def test_eight_words_six_times_are_a_loop_and_five_times_are_not():
    assert is_loop(f"{PASSAGE} slow, " * 6)
    assert not is_loop(f"{PASSAGE} slow, " * 5)


def test_a_word_over_and_over_is_a_loop():
    assert is_loop("no " * 13)


def test_text_without_spaces_can_loop():
    assert is_loop("我不知道。" * 30)
    assert is_loop("ha" * 60)


@pytest.mark.parametrize("text", ["-" * 500, "|" * 200, "ha" * 20, "Ab" + "1" * 200])
def test_rules_and_laughter_are_no_loop(text):
    assert not is_loop(text)


def test_flags_name_what_else_is_in_the_text():
    assert status_of(["```python\nprint(1)\n"], "stop").flags == ["unclosed_fence"]
    assert status_of(["Done.<end_of_turn>"], "stop").flags == ["template_token"]
    assert status_of([f"{PASSAGE} " * 6], "stop").flags == ["loop"]
    assert status_of(["```\nx\n```\nplain"], "stop").flags == []
