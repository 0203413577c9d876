"""The TPU's kernel for the linear scan, run by its interpreter, against one step after the other."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from generation.engine.networks.recurrence import linear_scan
from generation.engine.networks.scan_kernel import TOKENS, scan_by_kernel


def inputs(rows: int, tokens: int, width: int) -> tuple[jax.Array, jax.Array, jax.Array]:
    keys = jax.random.split(jax.random.key(tokens), 3)
    return (
        jax.random.uniform(keys[0], (rows, tokens, width)),
        jax.random.normal(keys[1], (rows, tokens, width)),
        jax.random.normal(keys[2], (rows, width)),
    )


@pytest.mark.parametrize(
    ("rows", "tokens", "width"), [(2, TOKENS + 44, 640), (1, 16, 48), (3, TOKENS, 256), (1, 1, 128)]
)
def test_the_kernel_equals_one_step_after_the_other(rows, tokens, width):
    """Blocks that end within the sequence, widths that no block divides, a state carried from block to block."""
    a, x, start = inputs(rows, tokens, width)
    state, expected = np.asarray(start), []
    for t in range(tokens):
        state = np.asarray(a[:, t]) * state + np.asarray(x[:, t])
        expected.append(state)
    found = scan_by_kernel(a, x, start, interpret=True)
    np.testing.assert_allclose(found, np.stack(expected, axis=1), rtol=1e-5, atol=1e-6)


def test_the_scan_has_gradients_whatever_device_it_is_for():
    a, x, start = inputs(1, 8, 4)
    for divided in (False, True):
        gradient = jax.grad(lambda x, divided=divided: linear_scan(a, x, start, divided).sum())(x)
        # an input weighs one, and once more for each later step, times the decays between
        weighs = 1 + jnp.cumprod(a[:, :0:-1][:, ::-1], axis=1).sum(axis=1)
        np.testing.assert_allclose(gradient[:, 0], weighs, rtol=1e-5)
