"""Prefill, step and insert: what a scheduler relies on, whatever stands beside a sequence."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from generation.engine import programs


def padded(prompt: list[int], places: int, filler: int) -> jnp.ndarray:
    return jnp.array([[*prompt, *[filler] * (places - len(prompt))]])


@pytest.mark.parametrize("prompt", range(5))
def test_prefill_gives_the_logits_after_each_true_end(checkpoint, reference, prompt):
    ids = reference.prompts[prompt]
    logits, _ = programs.prefill(
        checkpoint.network, checkpoint.params, padded(ids, 64, 7), jnp.array([len(ids)]), 64
    )
    assert np.abs(np.asarray(logits[0]) - reference.logits[prompt][len(ids) - 1]).max() < 2e-4


def test_what_fills_the_padding_has_no_effect(checkpoint, reference):
    ids = reference.prompts[1]
    results = [
        programs.prefill(checkpoint.network, checkpoint.params, padded(ids, 32, filler), jnp.array([3]), 4)
        for filler in (0, 99)
    ]
    assert jax.tree.all(jax.tree.map(lambda a, b: bool(jnp.array_equal(a, b)), *results))


def test_steps_from_an_empty_state_are_a_prefill(checkpoint, reference):
    ids, network, params = reference.prompts[2], checkpoint.network, checkpoint.params
    state = network.empty_state(1, 64)
    for token in ids:
        logits, state = programs.step(network, params, jnp.array([token]), state)
    assert np.abs(np.asarray(logits[0]) - reference.logits[2][len(ids) - 1]).max() < 2e-4


def test_insert_leaves_nothing_of_what_a_slot_held(checkpoint):
    poisoned = jax.tree.map(
        lambda x: jnp.full_like(x, jnp.nan if jnp.issubdtype(x.dtype, jnp.floating) else 10**6),
        checkpoint.network.empty_state(3, 64),
    )
    _, rows = programs.prefill(
        checkpoint.network, checkpoint.params, jnp.array([[2, 9, 9, 9]]), jnp.array([2]), 64
    )
    state = programs.insert(poisoned, rows, jnp.array([1]))
    logits, _ = programs.step(checkpoint.network, checkpoint.params, jnp.array([5, 5, 5]), state)
    expected = checkpoint.logits([2, 9, 5])[-1]
    assert np.abs(np.asarray(logits[1]) - expected).max() < 2e-4
    assert np.isnan(np.asarray(logits[0])).all()


def test_a_row_without_a_slot_is_dropped(checkpoint):
    state = checkpoint.network.empty_state(2, 64)
    _, rows = programs.prefill(checkpoint.network, checkpoint.params, jnp.array([[2, 9]]), jnp.array([2]), 64)
    inserted = programs.insert(state, rows, jnp.array([2]))
    assert jax.tree.all(jax.tree.map(lambda a, b: bool(jnp.array_equal(a, b)), state, inserted))
