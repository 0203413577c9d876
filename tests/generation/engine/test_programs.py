"""Prefill, step and insert: what a scheduler relies on, whatever stands beside a sequence."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from generation.engine import programs

# traced once here and shared by the tests; untraced, each operation would compile by itself
prefill = jax.jit(programs.prefill, static_argnames=("network", "capacity"))
step = jax.jit(programs.step, static_argnames=("network",))


def padded(prompt: list[int], places: int, filler: int) -> jnp.ndarray:
    return jnp.array([[*prompt, *[filler] * (places - len(prompt))]])


@pytest.mark.parametrize("prompt", range(5))
def test_prefill_gives_the_logits_after_each_true_end(checkpoint, reference, prompt):
    ids = reference.prompts[prompt]
    logits, _ = prefill(checkpoint.network, checkpoint.params, padded(ids, 64, 7), jnp.array([len(ids)]), 64)
    assert np.abs(np.asarray(logits[0]) - reference.logits[prompt][len(ids) - 1]).max() < 2e-4


def test_what_fills_the_padding_has_no_effect(checkpoint, reference):
    ids = reference.prompts[1]
    results = [
        prefill(checkpoint.network, checkpoint.params, padded(ids, 64, filler), jnp.array([3]), 64)
        for filler in (0, 99)
    ]
    assert jax.tree.all(jax.tree.map(lambda a, b: bool(jnp.array_equal(a, b)), *results))


def test_steps_from_an_empty_state_are_a_prefill(checkpoint, reference):
    ids, network, params = reference.prompts[2], checkpoint.network, checkpoint.params
    state = network.empty_state(3, 64)
    for token in ids:
        logits, state = step(network, params, jnp.array([0, token, 0]), state)
    assert np.abs(np.asarray(logits[1]) - reference.logits[2][len(ids) - 1]).max() < 2e-4


def test_insert_leaves_nothing_of_what_a_slot_held(checkpoint):
    poisoned = jax.tree.map(
        lambda x: jnp.full_like(x, jnp.nan if jnp.issubdtype(x.dtype, jnp.floating) else 10**6),
        checkpoint.network.empty_state(3, 64),
    )
    _, rows = prefill(checkpoint.network, checkpoint.params, padded([2, 9], 64, 9), jnp.array([2]), 64)
    state = programs.insert(poisoned, rows, jnp.array([1]))
    logits, _ = step(checkpoint.network, checkpoint.params, jnp.array([5, 5, 5]), state)
    expected = checkpoint.logits([2, 9, 5])[-1]
    assert np.abs(np.asarray(logits[1]) - expected).max() < 2e-4
    assert np.isnan(np.asarray(logits[0])).all()


def test_a_row_without_a_slot_is_dropped(checkpoint):
    state = checkpoint.network.empty_state(2, 64)
    _, rows = prefill(checkpoint.network, checkpoint.params, padded([2, 9], 64, 9), jnp.array([2]), 64)
    inserted = programs.insert(state, rows, jnp.array([2]))
    assert jax.tree.all(jax.tree.map(lambda a, b: bool(jnp.array_equal(a, b)), state, inserted))
