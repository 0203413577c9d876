"""Conversations: each reply follows from all that was said, and each conversation comes as soon as it is done."""

from dataclasses import replace

import pytest

from generation.engine import Engine, GenerationRequest, SamplingParams
from generation.engine.chat import CHATS
from generation.engine.conversations import Conversation, generate_conversations

GREEDY = SamplingParams()
gemma = CHATS["gemma"]


@pytest.fixture(scope="module")
def talking(chatting) -> Engine:
    return Engine(chatting, slots=4)


def test_a_second_reply_follows_from_the_first(talking):
    tokenizer = talking.checkpoint.tokenizer
    talk = Conversation("a", ["What is the time?", "And by the sea?"])
    (done,) = generate_conversations(talking, [talk], GREEDY, max_new_tokens=9)
    first, second = done.replies
    context = [
        *gemma.first_turn(tokenizer, "What is the time?"),
        *first.token_ids,
        *gemma.next_turn(tokenizer, "And by the sea?"),
    ]
    (expected,) = talking.generate([GenerationRequest("a", context, 9)])
    assert second == expected
    assert (first.text, first.prompt_tokens) == (
        tokenizer.decode(first.token_ids),
        len(context) - len([*first.token_ids, *gemma.next_turn(tokenizer, "And by the sea?")]),
    )


def test_conversations_are_yielded_as_they_are_done(talking):
    talks = [Conversation("long", ["One", "two", "three"]), Conversation("short", ["One"])]
    order = [done.id for done in generate_conversations(talking, talks, GREEDY, max_new_tokens=3)]
    assert order == ["short", "long"]


def test_every_turn_gets_a_reply(talking):
    talks = [Conversation(str(n), ["Hi"] * n) for n in range(1, 4)]
    done = generate_conversations(talking, talks, GREEDY, max_new_tokens=3)
    assert {one.id: len(one.replies) for one in done} == {str(n): n for n in range(1, 4)}


def test_what_a_conversation_draws_depends_on_its_id_and_not_on_its_company(talking):
    drawn = SamplingParams(temperature=1.0, seed=7)
    talk = Conversation("a", ["Tell me the time."])
    others = [replace(talk, id=f"b{n}") for n in range(5)]
    (alone,) = generate_conversations(talking, [talk], drawn, max_new_tokens=8)
    together = {
        one.id: one for one in generate_conversations(talking, [*others, talk], drawn, max_new_tokens=8)
    }
    assert together["a"] == alone
    assert len({one.replies[0].token_ids for one in together.values()}) > 1


@pytest.mark.parametrize(
    ("talks", "message"),
    [
        ([Conversation("a", [])], "conversation 'a': has no user turn"),
        ([Conversation("a", ["x"]), Conversation("a", ["y"])], "'a': the id stands twice"),
    ],
)
def test_a_conversation_that_cannot_be_is_named_at_once(talking, talks, message):
    with pytest.raises(ValueError, match=message):
        generate_conversations(talking, talks, GREEDY, max_new_tokens=3)


def test_a_checkpoint_without_a_tokenizer_takes_no_conversation(engine):
    with pytest.raises(ValueError, match="takes token ids only"):
        generate_conversations(engine, [Conversation("a", ["x"])], GREEDY, max_new_tokens=3)


def test_more_conversations_come_before_slots_run_empty(talking):
    """The later ones are longer than the session has room for at first, and draw what they draw alone."""

    def talks(*names: str, words: int = 1) -> list[Conversation]:
        return [Conversation(name, ["word " * words]) for name in names]

    later = [talks("d", "e"), talks("f", words=300), talks("g")]
    engine = Engine(talking.checkpoint, slots=2)
    came = generate_conversations(
        engine, talks("a", "b", "c"), GREEDY, 6, more=lambda: later.pop(0) if later else []
    )
    texts = {replies.id: replies.replies[0].token_ids for replies in came}
    assert sorted(texts) == list("abcdefg") and not later
    alone = generate_conversations(Engine(talking.checkpoint, slots=2), talks("f", words=300), GREEDY, 6)
    assert texts["f"] == next(alone).replies[0].token_ids
