"""Choosing tokens: shares that follow the softmax, cuts that follow a sort, and parameters out of range."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from generation.engine import SamplingParams, sampling
from generation.engine.sampling import CLOSE, NOT_FINITE, RowSampling, derived_seed

DRAWS = 4000
sample = jax.jit(sampling.sample)  # traced once; untraced, each operation would compile by itself
LOGITS = np.log(np.array([0.4, 0.3, 0.2, 0.06, 0.04]))


def drawn_shares(params: SamplingParams) -> np.ndarray:
    """Shares of the tokens drawn for one sequence at `DRAWS` positions."""
    logits = jnp.tile(jnp.array(LOGITS, jnp.float32), (DRAWS, 1))
    drawn = sample(logits, rows(*[params] * DRAWS), jnp.arange(DRAWS))
    return np.bincount(np.asarray(drawn.tokens), minlength=5) / DRAWS


def rows(*params: SamplingParams) -> RowSampling:
    return jax.tree.map(lambda *parts: jnp.concatenate(parts), *map(RowSampling.of, params))


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"temperature": 0.0}, [1, 0, 0, 0, 0]),
        ({"temperature": 1.0}, [0.4, 0.3, 0.2, 0.06, 0.04]),
        ({"temperature": 0.5}, np.array([16, 9, 4, 0.36, 0.16]) / 29.52),  # shares squared
        ({"temperature": 1.0, "top_k": 2}, [4 / 7, 3 / 7, 0, 0, 0]),
        ({"temperature": 1.0, "top_k": 99}, [0.4, 0.3, 0.2, 0.06, 0.04]),
        ({"temperature": 1.0, "top_p": 0.5}, [4 / 7, 3 / 7, 0, 0, 0]),
        ({"temperature": 1.0, "top_p": 0.01}, [1, 0, 0, 0, 0]),
        ({"temperature": 1.0, "top_k": 3, "top_p": 0.7}, [4 / 7, 3 / 7, 0, 0, 0]),  # 0.7 of the three's 0.9
        ({"temperature": 1e-30}, [1, 0, 0, 0, 0]),
    ],
)
def test_tokens_are_drawn_in_the_shares_of_the_softmax(params, expected):
    # four standard errors of a share over 4000 draws are at most 0.032
    assert drawn_shares(SamplingParams(**params, seed=1)) == pytest.approx(np.array(expected), abs=0.032)


def test_rows_of_one_batch_are_drawn_each_by_its_own_parameters():
    hot = SamplingParams(temperature=5.0, seed=2)
    mixed = rows(SamplingParams(), SamplingParams(temperature=1.0, top_k=1), hot)
    logits = jnp.tile(jnp.array(LOGITS, jnp.float32), (3, 1))
    tokens = np.array([np.asarray(sample(logits, mixed, jnp.full(3, at)).tokens) for at in range(40)])
    assert set(tokens[:, 0]) == set(tokens[:, 1]) == {0}
    assert len(set(tokens[:, 2])) > 2


def test_a_row_that_is_not_finite_is_marked_and_the_others_are_not():
    logits = jnp.array([[0.0, 1.0], [jnp.nan, 1.0], [jnp.inf, 1.0]])
    drawn = sample(logits, RowSampling.greedy(3), jnp.zeros(3, int))
    assert np.asarray(drawn.tokens).tolist() == [1, NOT_FINITE, NOT_FINITE]


def test_a_token_comes_with_its_log_probability_before_any_cut():
    params = SamplingParams(temperature=0.1, top_k=1)
    drawn = sample(jnp.array([LOGITS + 3.0], jnp.float32), rows(params), jnp.zeros(1, int))
    assert drawn.logprobs[0] == pytest.approx(np.log(0.4), abs=1e-6)


def test_a_choice_that_hangs_on_little_is_told():
    logits = jnp.array([[1.0, 1.0 + 2 * CLOSE], [1.0, 1.0 + CLOSE / 2]])
    assert sample(logits, RowSampling.greedy(2), jnp.zeros(2, int)).close.tolist() == [False, True]


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"), [(1, 0, 1), (0.7, 40, 1), (1.3, 0, 0.9), (1, 20, 0.95)]
)
def test_every_draw_that_moves_with_the_scores_is_told_as_close(temperature, top_k, top_p):
    """Two scores that each move by less than half of CLOSE come nearer to each other by less than CLOSE."""
    draws, vocabulary = 2048, 256
    logits = 3 * jax.random.normal(jax.random.key(0), (draws, vocabulary))
    moved = logits + 0.49 * CLOSE * jax.random.uniform(jax.random.key(1), logits.shape, minval=-1, maxval=1)
    params = SamplingParams(temperature, top_k, top_p)
    batch = jax.tree.map(lambda part: jnp.tile(part, draws), RowSampling.of(params))
    changed, close = [], []
    for turn in range(40):
        positions = draws * turn + jnp.arange(draws)
        first, second = (sample(scores, batch, positions) for scores in (logits, moved))
        changed.append(np.asarray(first.tokens != second.tokens))
        close.append(np.asarray(first.close))
    assert np.any(changed) and not np.any(np.array(changed) & ~np.array(close))
    assert np.mean(close) < 0.08


def test_of_equal_scores_the_first_id_is_taken():
    drawn = sample(jnp.array([[0.0, 7.0, 7.0, 1.0]]), RowSampling.greedy(1), jnp.zeros(1, int))
    assert drawn.tokens.tolist() == [1] and drawn.close.tolist() == [True]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"temperature": -0.1}, "temperature is -0.1; expected a finite number, 0 or more"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"temperature": float("inf")}, "temperature is inf"),
        ({"top_p": 0.0}, "top_p is 0.0; expected above 0 and at most 1"),
        ({"top_p": 1.1}, "top_p is 1.1"),
        ({"top_k": -1}, "top_k is -1; expected a whole number, 0 or more"),
        ({"top_k": 1.5}, "top_k is 1.5"),
        ({"seed": -1}, "seed is -1; expected a whole number"),
        ({"seed": 2**32}, "seed is 4294967296"),
    ],
)
def test_a_parameter_out_of_range_is_named(params, message):
    with pytest.raises(ValueError, match=message):
        SamplingParams(**params)


def test_derived_seeds_differ_by_name_and_by_seed_and_stay_the_same():
    seeds = {derived_seed(seed, name) for seed in (0, 1) for name in ("a", "b")}
    assert len(seeds) == 4
    assert derived_seed(0, "a") == 0x5F1AA0C8  # printf '0\0a' | sha256sum
