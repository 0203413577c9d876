"""Conversations with Mistral: each turn is asked with exactly the ids of its published format, its replies within."""

import shutil

import pytest

from generation.engine import (
    Checkpoint,
    Engine,
    GenerationRequest,
    SamplingParams,
    conversations,
    load_checkpoint,
)
from generation.engine.conversations import Conversation, generate_conversations
from tests.generation.engine.conftest import FIXTURES

BOS, EOS = 1, 2
TURNS = ["What is the time?", "And by the sea?", "And at night?"]


@pytest.fixture(scope="module")
def mistral(tmp_path_factory) -> Checkpoint:
    folder = shutil.copytree(FIXTURES / "mistral_full", tmp_path_factory.mktemp("mistral") / "checkpoint")
    shutil.copy(FIXTURES / "tokenizer" / "mistral_tokenizer.model", folder / "tokenizer.model")
    return load_checkpoint(folder)


@pytest.mark.parametrize("turns", [TURNS[:2], TURNS])
def test_each_turn_is_asked_with_all_that_was_said(mistral, monkeypatch, turns):
    asked: dict[str, list[int]] = {}

    def noted(name, token_ids, *options):
        asked[name] = list(token_ids)
        return GenerationRequest(name, token_ids, *options)

    monkeypatch.setattr(conversations, "GenerationRequest", noted)
    engine, encode = Engine(mistral, slots=2), mistral.tokenizer.encode
    (done,) = generate_conversations(engine, [Conversation("a", turns)], SamplingParams(), max_new_tokens=6)
    expected: list[list[int]] = []
    context: list[int] = []
    for number, (turn, reply) in enumerate(zip(turns, done.replies, strict=True)):
        context += [EOS if number else BOS, *encode(f"[INST] {turn} [/INST]")]
        expected.append(list(context))
        context += reply.token_ids
    assert list(asked.values()) == expected
    assert all(reply.token_ids for reply in done.replies)
