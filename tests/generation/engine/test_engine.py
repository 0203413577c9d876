"""The engine's promises: results as they are done, why they end, and what is refused before anything runs."""

from dataclasses import replace

import jax.numpy as jnp
import pytest

from generation.engine import Engine, GenerationRequest, SamplingParams
from generation.engine.waiting import LITTLE, PIECES, Waiting, pieces


def request(name: str = "a", **fields) -> GenerationRequest:
    return GenerationRequest(**({"id": name, "token_ids": [2, 9], "max_new_tokens": 5} | fields))


def test_each_text_comes_as_soon_as_it_is_done(engine):
    lengths = {"long": 20, "short": 2, "middle": 7}
    texts = engine.generate(request(name, max_new_tokens=n, ignore_eos=True) for name, n in lengths.items())
    assert [(text.id, len(text.token_ids)) for text in texts] == [("short", 2), ("middle", 7), ("long", 20)]


def test_more_requests_than_slots_are_all_done(engine):
    texts = list(
        engine.generate(request(str(n), max_new_tokens=1 + n % 4, ignore_eos=True) for n in range(11))
    )
    assert {text.id: len(text.token_ids) for text in texts} == {str(n): 1 + n % 4 for n in range(11)}


def test_a_stop_id_ends_the_text_and_is_not_part_of_it(engine, reference):
    greedy = reference.greedy[2]
    stop = greedy[10]
    (text,) = engine.generate([request(token_ids=reference.prompts[2], max_new_tokens=24, stop_ids=[stop])])
    assert text.token_ids == greedy[: greedy.index(stop)]
    assert (text.finish_reason, text.prompt_tokens) == ("stop", 9)


def test_the_checkpoints_own_stop_ids_hold_unless_told_otherwise(checkpoint, reference):
    greedy = reference.greedy[2]
    stopping = Engine(replace(checkpoint, stop_ids=(greedy[4],)), slots=4)
    asked = request(token_ids=reference.prompts[2], max_new_tokens=8)
    lengths = [
        len(next(stopping.generate([one])).token_ids) for one in (asked, replace(asked, ignore_eos=True))
    ]
    assert lengths == [greedy.index(greedy[4]), 8]


def test_max_new_tokens_ends_a_text_by_length(engine):
    (text,) = engine.generate([request(max_new_tokens=1, ignore_eos=True)])
    assert (len(text.token_ids), text.finish_reason) == (1, "length")


def test_without_a_tokenizer_there_is_no_text(engine):
    assert next(engine.generate([request()])).text is None


def test_no_requests_give_no_texts(engine):
    assert list(engine.generate([])) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"token_ids": []}, "request 'a': token_ids is empty"),
        ({"token_ids": [2, 512]}, r"request 'a': token_ids\[1\] is 512; ids are whole numbers from 0 to 511"),
        ({"token_ids": [-1]}, r"request 'a': token_ids\[0\] is -1"),
        ({"token_ids": [2.0]}, r"request 'a': token_ids\[0\] is 2.0"),
        ({"max_new_tokens": 0}, "request 'a': max_new_tokens is 0; expected a whole number, 1 or more"),
    ],
)
def test_a_request_that_cannot_be_generated_is_named_at_once(engine, fields, message):
    with pytest.raises(ValueError, match=message):
        engine.generate([request("fine"), request(**fields)])


def test_two_requests_of_one_id_are_refused(engine):
    with pytest.raises(ValueError, match="request 'a': the id stands twice"):
        engine.generate([request(), request()])


def test_an_engine_needs_a_slot(checkpoint):
    with pytest.raises(ValueError, match="slots is 0"):
        Engine(checkpoint, slots=0)


def test_damaged_weights_are_reported_with_the_request(checkpoint):
    broken = replace(checkpoint, params=checkpoint.params | {"embedding": jnp.full((512, 80), jnp.nan)})
    with pytest.raises(FloatingPointError, match="request 'a': logits are not finite after 0 new tokens"):
        list(Engine(broken, slots=4).generate([request()]))


def test_sampled_tokens_depend_on_the_seed_and_not_on_the_company(engine):
    drawn = SamplingParams(temperature=1.0, top_k=50, top_p=0.95, seed=5)
    mine = request(sampling=drawn, max_new_tokens=12, ignore_eos=True)
    others = [request(f"b{n}", token_ids=[2] * (n + 1), sampling=replace(drawn, seed=n)) for n in range(6)]
    alone = next(engine.generate([mine]))
    assert alone in list(engine.generate([*others, mine]))
    assert next(engine.generate([replace(mine, sampling=replace(drawn, seed=6))])) != alone


def test_the_longest_text_begins_first_and_equal_prompts_follow_each_other():
    waiting = Waiting()
    for name, prompt, wanted in (
        ("a", [1], 5),
        ("b", [2], 5),
        ("c", [1], 5),
        ("d", [3], 9),
        ("e", [1, 1], 5),
    ):
        waiting.add(request(name, token_ids=prompt, max_new_tokens=wanted))
    assert [waiting.take().id for _ in range(5)] == ["d", "e", "a", "c", "b"] and not waiting


@pytest.mark.parametrize("length", [1, 15, 16, 17, 40, 64, 65, 100, 255, 256, 257, 300, 1000])
def test_pieces_hold_the_whole_prompt_and_little_padding(length):
    cut = list(pieces(length))
    assert sum(filled for _, filled in cut) == length
    assert all(filled == whole for whole, filled in cut[:-1])
    assert {whole for whole, _ in cut} <= set(PIECES) and cut[-1][0] - cut[-1][1] <= LITTLE


def test_a_stop_text_ends_the_text_before_it(chatting):
    engine = Engine(chatting, slots=2)
    asked = request(token_ids=chatting.tokenizer.encode("How do I"), max_new_tokens=40, ignore_eos=True)
    (whole,) = engine.generate([asked])
    stop = whole.text[10:13]
    (cut, other) = engine.generate([replace(asked, stop=[stop, "no such text"]), replace(asked, id="b")])
    assert (cut.text, cut.finish_reason) == (whole.text[: whole.text.index(stop)], "stop")
    assert other.text == whole.text and len(cut.token_ids) < len(whole.token_ids)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"stop": ["x"]}, "stop texts need a tokenizer"),
        ({"stop": "x"}, "expected a list of texts"),
        ({"stop_ids": range(9)}, "9 stop_ids; expected at most 8"),
    ],
)
def test_stops_that_cannot_be_kept_are_refused(engine, fields, message):
    with pytest.raises(ValueError, match=message):
        engine.generate([request(**fields)])


def test_a_session_refuses_what_it_has_no_room_for_and_ids_it_knows(engine):
    session = engine.open([request()])
    with pytest.raises(ValueError, match="needs 5002 places; the session has"):
        session.add([request("b", max_new_tokens=5000)])
    with pytest.raises(ValueError, match="stands twice"):
        session.add([request()])
