"""Attention in blocks and over a ring, against the plain definition."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import TypeCheckError

from generation.engine.networks import attention

extend = jax.jit(attention.extend, static_argnames=("back",))


def plain(q, k, v, back: int):
    distance = np.arange(q.shape[1])[:, None] - np.arange(q.shape[1])[None, :]
    return attention.attend(q, k, v, jnp.array((distance >= 0) & (distance <= back))[None])


def tokens(length: int, rows: int = 1, seed: int = 0):
    """Queries of four heads, keys and values of two."""
    rng = np.random.default_rng(seed)
    return tuple(jnp.array(rng.standard_normal((rows, length, heads, 8)), jnp.float32) for heads in (4, 2, 2))


@pytest.mark.parametrize("back", [1, 100, 256, 700, 5000])
def test_long_sequences_in_blocks_equal_one_masked_product(back):
    q, k, v = tokens(2 * attention.QUERY_BLOCK)
    assert jnp.abs(attention.attend_to_past(q, k, v, back) - plain(q, k, v, back)).max() < 1e-5


@pytest.mark.parametrize(
    ("cuts", "back", "places"),
    [
        ([1] * 40, 1000, 40),  # nothing is forgotten
        ([1] * 40, 7, 8),  # a window, the ring goes round
        ([16, 16, 8], 1000, 64),  # in pieces
        ([16, 16, 8], 7, 8),  # pieces longer than the ring
        ([1, 16, 1, 1, 16, 5], 20, 21),  # all of it
        ([16] * 25, 150, 151),  # a ring of two blocks
    ],
)
def test_piece_by_piece_over_a_ring_equals_one_masked_product(cuts, back, places):
    q, k, v = tokens(sum(cuts))
    ring, at, mixed = attention.empty_ring(1, places, 2, 8, jnp.float32), 0, []
    for cut in cuts:
        part = [x[:, at : at + cut] for x in (q, k, v)]
        out, ring = extend(*part, ring, jnp.array([at]), jnp.array([cut]), back=back)
        mixed.append(out)
        at += cut
    assert jnp.abs(jnp.concatenate(mixed, axis=1) - plain(q, k, v, back)).max() < 1e-5


def test_padding_is_not_stored_and_longer_company_changes_no_bit():
    q, k, v = tokens(16, rows=2)
    ring = attention.empty_ring(2, 256, 2, 8, jnp.float32)
    _, ring = extend(q, k, v, ring, jnp.array([0, 0]), jnp.array([3, 16]), back=1000)
    assert not ring.keys[0, 3:].any() and ring.keys[1, :16].all()
    one = [x[:, :1] for x in (q, k, v)]
    out, _ = extend(*one, ring, jnp.array([3, 16]), jnp.array([1, 1]), back=1000)
    far, _ = extend(*one, ring, jnp.array([3, 200]), jnp.array([1, 1]), back=1000)
    assert jnp.array_equal(out[0], far[0]) and not jnp.array_equal(out[1], far[1])


def test_shapes_in_signatures_are_checked_while_tests_run():
    queries, positions = jnp.zeros((2, 3, 1, 8)), jnp.zeros((4, 3), jnp.int32)  # 2 sequences, positions of 4
    with pytest.raises(TypeCheckError, match="positions"):
        attention.rotate(queries, positions, base=10_000.0, rotated=8)
