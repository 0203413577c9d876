"""Every network against float64 references: logits at each position, greedy tokens of unequal prompts in any slots."""

import numpy as np
import pytest

from generation.engine import Checkpoint, Engine, load_checkpoint
from generation.engine.presets import PRESETS
from generation.engine.random_checkpoint import write_random_checkpoint
from tests.generation.engine.conftest import FIXTURES, reference_of


@pytest.fixture(scope="module", params=["recurrentgemma", "gemma", "mistral_full", "mistral_window"])
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def network(name) -> Checkpoint:
    return load_checkpoint(FIXTURES / name)


@pytest.mark.parametrize("prompt", range(5))
def test_logits_equal_the_reference_at_every_position(name, network, prompt):
    stored = reference_of(name)
    ids = [*stored.prompts[prompt], *stored.greedy[prompt]]
    assert np.abs(network.logits(ids) - stored.logits[prompt]).max() < 2e-4


@pytest.mark.parametrize("slots", [1, 3])
def test_greedy_tokens_equal_the_reference(name, network, slots):
    stored = reference_of(name)
    texts = Engine(network, slots=slots).generate(stored.requests())
    assert {text.id: text.token_ids for text in texts} == stored.by_id()


def test_log_probabilities_are_those_of_the_reference(name, network):
    stored = reference_of(name)
    (text,) = Engine(network, slots=3).generate(stored.requests(logprobs=True)[3:4])
    logits = stored.logits[3][16:-1]
    expected = logits - np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))
    expected = (expected - logits.max(axis=1, keepdims=True))[np.arange(24), text.token_ids]
    assert text.logprobs == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("preset", [name for name, found in PRESETS.items() if found.is_tiny])
def test_a_random_checkpoint_of_each_family_can_be_read_and_has_logits_as_trained_ones_have(tmp_path, preset):
    checkpoint = load_checkpoint(write_random_checkpoint(preset, tmp_path / "out"))
    logits = checkpoint.logits(reference_of("gemma").prompts[4])
    assert checkpoint.family == PRESETS[preset].family and 2 < logits.std() < 8
