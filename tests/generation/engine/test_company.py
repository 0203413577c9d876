"""A text is the same, bit for bit, whatever else is in the batch, in whatever order, whatever came before."""

from collections.abc import Sequence
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.engine import (
    Checkpoint,
    Engine,
    GeneratedText,
    GenerationRequest,
    SamplingParams,
    load_checkpoint,
    programs,
)
from generation.engine.waiting import PIECES
from tests.generation.engine.conftest import FIXTURES

PLAIN = 512  # longer than any sequence here, so that the plain loop compiles once
EDGES = [edge + off for edge in PIECES for off in (-1, 0, 1)]  # of the pieces that prompts are read in
SOME = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
lengths = st.one_of(st.integers(1, 5), st.sampled_from(EDGES), st.integers(6, 300))
samplings = st.one_of(
    st.just(SamplingParams()),
    st.builds(
        SamplingParams,
        temperature=st.sampled_from([0.3, 1.0, 2.0]),
        top_k=st.sampled_from([0, 1, 40]),
        top_p=st.sampled_from([1.0, 0.9]),
        seed=st.integers(0, 9),
    ),
)


@st.composite
def batches(draw) -> list[GenerationRequest]:
    made = []
    for number in range(draw(st.integers(2, 9))):
        rng = np.random.default_rng(draw(st.integers(0, 5)))
        ids = rng.integers(3, 512, draw(lengths)).tolist()
        wanted = draw(st.integers(1, 24))
        made.append(
            GenerationRequest(str(number), ids, wanted, draw(samplings), draw(st.booleans()), logprobs=True)
        )
    return made


ENGINES = [(name, "float32") for name in ("recurrentgemma", "gemma", "mistral_window")]
ENGINES.append(("recurrentgemma", "int8-float32"))


@pytest.fixture(scope="module", params=ENGINES, ids="-".join)
def engine(request) -> Engine:
    name, dtype = request.param
    return Engine(load_checkpoint(FIXTURES / name, dtype), slots=4)


def by_id(texts) -> dict[str, GeneratedText]:
    return {text.id: text for text in texts}


@SOME
@given(batch=batches(), data=st.data())
def test_alone_in_company_in_any_order_or_arriving_later(engine, batch, data):
    alone = by_id(text for request in batch for text in engine.generate([request]))
    shuffled = data.draw(st.permutations(batch))
    assert by_id(engine.generate(shuffled)) == alone
    early = data.draw(st.integers(1, len(batch)))
    assert by_id(arriving(engine, shuffled[:early], shuffled[early:])) == alone


def arriving(engine: Engine, early: Sequence[GenerationRequest], late: Sequence[GenerationRequest]):
    """Texts of a session that gets one more request with each text that it gives."""
    session, waiting = engine.open(early, capacity=512), list(late)
    for text in session.texts():
        yield text
        if waiting:
            session.add([waiting.pop()])
    while waiting:  # fewer were done early than were to come
        yield from engine.generate([waiting.pop()])


@SOME
@given(batch=batches())
def test_greedy_tokens_are_those_of_a_plain_loop_over_one_sequence(engine, batch):
    greedy = [replace(request, sampling=SamplingParams(), ignore_eos=True) for request in batch]
    for text in engine.generate(greedy):
        prompt = next(request.token_ids for request in greedy if request.id == text.id)
        assert_plain(engine.checkpoint, [*prompt], text.token_ids)


def assert_plain(checkpoint: Checkpoint, ids: list[int], written: Sequence[int]) -> None:
    """Each token is the best after those before it, or as good but for 1e-3; from there on the texts may part."""
    for token in written:
        padded = jnp.array([*ids, *[0] * (PLAIN - len(ids))], jnp.int32)
        scores = np.asarray(programs.sequence_logits(checkpoint.network, checkpoint.params, padded))[
            len(ids) - 1
        ]
        if token != scores.argmax():
            assert scores.max() - scores[token] < 1e-3
            return
        ids = [*ids, token]


def test_a_session_that_was_left_half_way_leaves_nothing_behind(engine):
    request = GenerationRequest("a", [2, 9, 9], 20, SamplingParams(1.0, seed=3), ignore_eos=True)
    expected = by_id(engine.generate([request]))
    left = engine.generate([replace(request, id=str(n), token_ids=[2] * (n + 1)) for n in range(9)])
    next(left)
    assert by_id(engine.generate([request])) == expected
    del left


def test_texts_of_one_prompt_share_its_reading_and_are_drawn_apart(engine):
    drawn = [SamplingParams(temperature=1.5, seed=seed) for seed in range(6)]
    requests = [GenerationRequest(str(n), [2, *range(9, 70)], 12, one, True) for n, one in enumerate(drawn)]
    alone = by_id(text for request in requests for text in engine.generate([request]))
    before = engine.counts.prompt_tokens
    assert by_id(engine.generate(requests)) == alone
    assert engine.counts.prompt_tokens - before == 62
    assert len({text.token_ids for text in alone.values()}) == 6


def test_freed_slots_full_of_nan_spoil_nobody(engine, monkeypatch):
    requests = [GenerationRequest(str(n), [2] * (1 + 5 * n), 3 + 4 * n, ignore_eos=True) for n in range(9)]
    expected = by_id(engine.generate(requests))
    admit = programs.admit

    def poison_free_slots(slots, *arguments):
        def spoil(held):
            if not jnp.issubdtype(held.dtype, jnp.floating):
                return held
            idle = (slots.left == 0).reshape(-1, *[1] * (held.ndim - 1))
            return jnp.where(idle, jnp.nan, held)

        return admit(slots.replace(state=jax.tree.map(spoil, slots.state)), *arguments)

    monkeypatch.setattr(programs, "admit", poison_free_slots)
    assert by_id(engine.generate(requests)) == expected
