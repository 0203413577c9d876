"""What programs do on an accelerator where a processor does otherwise, run on a processor: the tokens are the same."""

from collections.abc import Iterator

import jax
import numpy as np
import pytest

from generation.engine import Engine, GenerationRequest, SamplingParams, load_checkpoint
from generation.engine.engine import STEPS
from generation.engine.networks import attention
from tests.generation.engine.conftest import FIXTURES

EVERYWHERE = {"_add_whole_ring", "_rows_last"}
TAKEN = {
    "recurrentgemma": EVERYWHERE | {"_all_heads", "_by_doubling"},
    "gemma": EVERYWHERE,
    "mistral_window": EVERYWHERE,
}


@pytest.fixture
def fresh() -> Iterator[None]:
    """Programs are traced anew, here and by the tests that follow."""
    jax.clear_caches()
    yield
    jax.clear_caches()


def tokens(name: str, steps: int) -> dict[str, tuple[int, ...]]:
    engine = Engine(load_checkpoint(FIXTURES / name), slots=4)
    engine._steps = steps
    rng = np.random.default_rng(1)
    asked = [
        GenerationRequest(
            str(n), rng.integers(3, 500, length).tolist(), 20 + n, SamplingParams(n % 2, seed=n), True
        )
        for n, length in enumerate((1, 5, 40, 63, 65, 150))
    ]
    return {text.id: text.token_ids for text in engine.generate(asked)}


@pytest.mark.parametrize("name", TAKEN)
def test_an_accelerators_branches_give_the_tokens_of_a_processors(name, fresh, monkeypatch):
    expected, taken = tokens(name, 1), set()

    def by_default(*arguments, default, **_):
        taken.add(getattr(default, "__name__", ""))
        return default(*arguments)

    def whole_ring(*arguments):
        taken.add("_add_whole_ring")
        return add_whole_ring(*arguments)

    add_whole_ring = attention._add_whole_ring
    monkeypatch.setattr(attention, "_add_whole_ring", whole_ring)
    monkeypatch.setattr(jax.lax, "platform_dependent", by_default)
    jax.clear_caches()
    assert tokens(name, STEPS) == expected
    assert taken - {""} == TAKEN[name]
