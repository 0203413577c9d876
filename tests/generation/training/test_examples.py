"""Lessons become token ids: only replies are learnt, each with the token that ends it."""

import pytest

from generation.engine.tokenizer import Tokenizer
from generation.engine.tokenizer_training import GEMMA_LAYOUT, MISTRAL_LAYOUT, train_tokenizer
from generation.training.examples import batches, example
from generation.training.lessons import Lesson, all_text, lessons

TALK = Lesson("p1", ("How long?", "And then?"), ("40 minutes.", "We wait."))


@pytest.fixture(scope="module", params=[("gemma", GEMMA_LAYOUT), ("mistral", MISTRAL_LAYOUT)])
def tokenizer(request, tmp_path_factory):
    chat_format, layout = request.param
    file = tmp_path_factory.mktemp(chat_format) / "tokenizer.model"
    file.write_bytes(train_tokenizer(all_text(), 600, layout))
    return chat_format, Tokenizer(file)


def test_only_the_replies_are_learnt_and_where_they_end(tokenizer):
    chat_format, made = tokenizer
    ids, learnt = example(made, chat_format, TALK)
    own = [token for token, is_own in zip(ids, learnt, strict=True) if is_own]
    end = made.eos_id if chat_format == "mistral" else made.end_of_turn_id
    assert [made.decode(reply) for reply in split(own, end)] == list(TALK.replies)


def test_a_second_turn_follows_the_first_in_one_row(tokenizer):
    chat_format, made = tokenizer
    ids, _ = example(made, chat_format, TALK)
    first, _ = example(made, chat_format, Lesson("p1", TALK.turns[:1], TALK.replies[:1]))
    assert ids[: len(first)] == first
    assert ids.count(made.bos_id) == 1


def test_padding_is_never_learnt(tokenizer):
    chat_format, made = tokenizer
    examples = [example(made, chat_format, lesson) for lesson in lessons("plain")]
    made_batches = batches(examples, 8)
    assert sum(len(batch.tokens) for batch in made_batches) == 40
    assert sum(batch.learnt.sum() for batch in made_batches) == sum(sum(learnt) for _, learnt in examples)


def split(ids: list[int], end: int) -> list[list[int]]:
    """The replies without the tokens that end them; the last stands at the very end."""
    assert ids[-1] == end
    first = ids.index(end)
    return [ids[:first], ids[first + 1 : -1]]
