"""Window attention in blocks and rings, against the plain definition."""

import jax.numpy as jnp
import numpy as np
import pytest

from generation.engine.networks import attention


@pytest.mark.parametrize("window", [1, 100, 256, 700, 5000])
def test_long_sequences_in_blocks_equal_one_masked_product(window):
    rng = np.random.default_rng(0)
    length = 2 * attention.QUERY_BLOCK
    q, k, v = (jnp.array(rng.standard_normal((1, length, heads, 8)), jnp.float32) for heads in (4, 2, 2))
    back = np.arange(length)[:, None] - np.arange(length)[None, :]
    plain = attention.attend(q, k, v, jnp.array((back >= 0) & (back <= window))[None])
    assert jnp.abs(attention.attend_within_window(q, k, v, window) - plain).max() < 1e-5


@pytest.mark.parametrize("length", [1, 3, 4, 5, 9, 12])
def test_a_ring_holds_the_last_tokens_each_at_its_place(length):
    tokens = jnp.arange(12.0).reshape(1, 12, 1, 1)
    ring = attention.last_into_ring(tokens, jnp.array([length]), 4)[0, :, 0, 0]
    held = {int(token) for token in ring[attention.visible_in_ring(jnp.array([length - 1]), 4)[0]]}
    assert held == set(range(max(0, length - 4), length))
    assert all(int(ring[token % 4]) == token for token in held)


def test_a_new_token_replaces_the_oldest():
    ring = attention.last_into_ring(jnp.arange(6.0).reshape(1, 6, 1, 1), jnp.array([6]), 4)
    ring = attention.put_in_ring(ring, jnp.full((1, 1, 1), 6.0), jnp.array([6]))
    assert sorted(ring.ravel().tolist()) == [3.0, 4.0, 5.0, 6.0]
