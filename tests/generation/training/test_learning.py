"""Training on a network of a few numbers: it learns, and by a seed it learns the same again."""

from dataclasses import replace

import jax
import numpy as np

from generation.engine.networks.mistral import Mistral
from generation.engine.networks.recurrentgemma import RecurrentGemma
from generation.training.examples import Batch
from generation.training.learning import Progress, first_params, learn
from generation.training.plans import PLANS

SMALL = {"vocab_size": 12, "width": 16, "mlp_width": 16, "heads": 2, "kv_heads": 1, "head_dim": 8, "depth": 1}
GRIFFIN = replace(PLANS[0].config, lru_width=16, **SMALL)
MISTRAL = Mistral(replace(PLANS[2].config, **SMALL))
TOKENS = np.array([[1, 3, 5, 7, 9], [1, 4, 6, 8, 10]], np.int32)


def run(tokens=TOKENS, learnt=(0, 0, 1, 1, 1), steps=30) -> list[Progress]:
    return list(learn(MISTRAL, [Batch(tokens, np.array([learnt] * 2, np.float32))], steps, 0.02, seed=5))


def test_the_loss_falls_and_the_same_seed_gives_the_same_numbers():
    once, again = run(), run()
    assert once[-1].loss < 0.1 < once[0].loss
    assert all(map(np.array_equal, jax.tree.leaves(once[-1].params), jax.tree.leaves(again[-1].params)))


def test_what_is_not_to_be_learnt_changes_nothing():
    """Two batches that differ in a last token that is not learnt, which no earlier place sees."""
    other = TOKENS.copy()
    other[:, -1] = 2
    losses = [[now.loss for now in run(tokens, (0, 0, 1, 1, 0), steps=3)] for tokens in (TOKENS, other)]
    assert losses[0] == losses[1]


def test_recurrent_channels_begin_with_long_memories():
    """exp(-8 softplus(p)) from 0.9 to 0.999 (De et al., arXiv 2402.19427)."""
    params = first_params(RecurrentGemma(GRIFFIN), seed=1)
    values = params["layers_0"]["temporal_block"]["rg_lru"]["recurrent_param"]
    decay = np.exp(-8 * np.log1p(np.exp(np.asarray(values, np.float64))))
    assert 0.899 < decay.min() <= decay.max() < 0.9991
