"""Extend, admit and decode: what a scheduler relies on, whatever stands beside a sequence."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from generation.engine import programs
from generation.engine.sampling import RowSampling


def read(checkpoint, ids: list[int], length: int, filler: int = 7):
    """Logits and state of a prompt, read in one piece of that length."""
    tokens = jnp.array([[*ids, *[filler] * (length - len(ids))]])
    row = programs.empty_row(checkpoint.network, 64)
    arguments = (row, tokens, jnp.array([len(ids)]), jnp.bool_(True))
    return programs.extend(checkpoint.network, checkpoint.params, *arguments)


def newcomer(left: int, *stops: int) -> programs.Newcomer:
    ids = jnp.array([[*stops, *[-1] * (8 - len(stops))]])
    return programs.Newcomer(jnp.array([left]), ids, RowSampling.greedy(1))


def poisoned(tree):
    """All that a slot could have held, made as bad as it can be."""
    return jax.tree.map(
        lambda x: jnp.full_like(x, jnp.nan if jnp.issubdtype(x.dtype, jnp.floating) else 10**6), tree
    )


@pytest.mark.parametrize("prompt", range(5))
def test_reading_gives_the_logits_after_the_true_end(checkpoint, reference, prompt):
    ids = reference.prompts[prompt]
    logits, _ = read(checkpoint, ids, 64)
    assert np.abs(np.asarray(logits[0]) - reference.logits[prompt][len(ids) - 1]).max() < 2e-4


def test_what_fills_the_padding_has_no_effect(checkpoint, reference):
    one, other = (read(checkpoint, reference.prompts[1], 64, filler) for filler in (0, 99))
    leaves = zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True)
    assert all(jnp.array_equal(a, b) for a, b in leaves)


def test_a_row_is_wiped_before_the_next_prompt(checkpoint, reference):
    ids = reference.prompts[1]
    tokens = jnp.array([[*ids, *[0] * (64 - len(ids))]])
    bad = poisoned(programs.empty_row(checkpoint.network, 64))
    arguments = (bad, tokens, jnp.array([len(ids)]), jnp.bool_(True))
    logits, _ = programs.extend(checkpoint.network, checkpoint.params, *arguments)
    assert jnp.array_equal(logits, read(checkpoint, ids, 64, 0)[0])


def test_nothing_of_what_a_slot_held_is_left_and_other_slots_do_not_matter(checkpoint):
    network, params = checkpoint.network, checkpoint.params
    texts = []
    for spoil in (poisoned, lambda tree: tree):
        slots = programs.empty_slots(network, 3, 64, 8)
        slots = slots.replace(state=spoil(slots.state))
        logits, row = read(checkpoint, [2, 9], 16)
        slots, first = programs.admit(slots, row, logits, jnp.int32(1), newcomer(9))
        slots, written, steps = programs.decode(network, params, slots, 16, jnp.bool_(False))
        texts.append([int(first.tokens[0]), *written.tokens[: int(steps), 1].tolist()])
    assert texts[0] == texts[1] and len(texts[0]) == 9
    ids = [2, 9, *texts[0][:-1]]
    assert texts[0] == np.argmax(checkpoint.logits(ids), axis=-1)[1:].tolist()


def test_decoding_hands_back_when_a_slot_falls_idle_and_only_then(checkpoint):
    network, params = checkpoint.network, checkpoint.params
    for hand_back, expected in ((True, 3), (False, 8)):
        slots = programs.empty_slots(network, 2, 64, 8)
        for slot, left in ((0, 4), (1, 9)):  # the first token is there already
            logits, row = read(checkpoint, [2, 9 + slot], 16)
            slots, _ = programs.admit(slots, row, logits, jnp.int32(slot), newcomer(left))
        slots, written, steps = programs.decode(network, params, slots, 16, jnp.bool_(hand_back))
        assert int(steps) == expected
        assert (np.asarray(written.tokens[:3]) >= 0).all()
        assert (np.asarray(written.tokens[3:, 0]) == programs.NOTHING).all()
