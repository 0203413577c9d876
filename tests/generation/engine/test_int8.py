"""Weights in eight bits: as near as whole numbers can be, half as large, and computed as if they were wide again."""

import json
from dataclasses import replace
from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.api.series import WatchIn
from generation.engine import Engine, load_checkpoint
from generation.engine.__main__ import main
from generation.engine.checkpoints.weights import DTYPES
from generation.engine.networks.int8 import BLOCK, Int8Weights, quantised
from generation.engine.presets import PRESETS
from generation.engine.random_checkpoint import write_random_checkpoint
from generation.series import DTYPES as OFFERED
from tests.generation.engine.conftest import FIXTURES, reference_of

NAMES = ["recurrentgemma", "gemma", "mistral_full", "mistral_window"]
FAR = 0.1  # of the spread of the logits: by how much eight bits may move them, root mean square
TIMES = 2.5  # what bfloat16 moves them by


def is_int8(leaf) -> bool:
    return isinstance(leaf, Int8Weights)


def widened(params):
    """The same weights as a float32 network would hold them."""

    def wide(path, leaf):
        if not is_int8(leaf):
            return leaf
        scale = leaf.scale if path[-1].key == "kernel" else leaf.scale[:, None]
        return leaf.values.astype(jnp.float32) * scale

    return jax.tree_util.tree_map_with_path(wide, params, is_leaf=is_int8)


def size(params) -> int:
    return sum(leaf.nbytes for leaf in jax.tree.leaves(params))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 7),
    st.sampled_from([1, 3, BLOCK - 1, BLOCK, BLOCK + 1]),
    st.sampled_from(["kernel", "embedding"]),
    st.integers(0, 9),
)
def test_each_weight_is_off_by_half_a_step_of_its_output_at_most(inputs, outputs, name, seed):
    rng = np.random.default_rng(seed)
    by_output = rng.normal(size=(outputs, inputs)) * 10.0 ** rng.integers(-6, 6, size=(outputs, 1))
    by_output[rng.integers(outputs)] = 0
    weights = (by_output.T if name == "kernel" else by_output).astype(np.float32)
    found = quantised(weights, name)
    assert found.values.dtype == jnp.int8 and found.values.shape == weights.shape
    scale = np.asarray(found.scale) if name == "kernel" else np.asarray(found.scale)[:, None]
    assert found.scale.shape == (outputs,)
    assert (np.abs(np.asarray(found.values, np.float32) * scale - weights) <= scale * 0.5001).all()
    assert np.abs(np.asarray(found.values)).max() <= 127


@pytest.mark.parametrize("name", NAMES)
def test_logits_are_those_of_the_same_weights_widened_and_near_those_of_the_reference(name):
    held, stored = load_checkpoint(FIXTURES / name, "int8-float32"), reference_of(name)
    ids, expected = [*stored.prompts[3], *stored.greedy[3]], stored.logits[3]
    found = held.logits(ids)
    plain = replace(held, params=widened(held.params))
    assert np.abs(found - plain.logits(ids)).max() < 2e-4
    off, halves = (
        np.sqrt(np.square(logits - expected).mean()) / expected.std()
        for logits in (found, load_checkpoint(FIXTURES / name, "bfloat16").logits(ids))
    )
    assert 0.01 < off < min(FAR, TIMES * halves)  # eight bits lose something, or they were not used


def test_the_weights_take_half_of_what_they_take_in_bfloat16(tmp_path):
    folder = write_random_checkpoint("recurrentgemma-tiny", tmp_path / "out", width=256)
    halves = {dtype: size(load_checkpoint(folder, dtype).params) for dtype in ("bfloat16", "int8")}
    assert halves["int8"] < 0.53 * halves["bfloat16"]


@pytest.mark.parametrize("preset", [name for name, found in PRESETS.items() if found.is_tiny])
def test_every_matrix_of_a_product_and_every_table_is_in_eight_bits(tmp_path, preset):
    params = load_checkpoint(write_random_checkpoint(preset, tmp_path / "out"), "int8").params
    for path, leaf in jax.tree_util.tree_leaves_with_path(params, is_leaf=is_int8):
        is_matrix = path[-1].key in {"kernel", "embedding", "lm_head"}
        assert is_int8(leaf) == is_matrix, path
        assert is_matrix or leaf.dtype == jnp.bfloat16, path


def test_a_weight_that_is_not_a_number_is_still_noticed(folder):
    held = load_checkpoint(folder, "int8-float32")
    damaged = np.asarray(widened(held.params)["layers_0"]["mlp_block"]["up_proj"]["kernel"]).copy()
    damaged[3, 5] = np.nan
    held.params["layers_0"]["mlp_block"]["up_proj"]["kernel"] = quantised(damaged, "kernel")
    with pytest.raises(FloatingPointError, match="not finite"):
        list(Engine(held, slots=2).generate(reference_of("recurrentgemma").requests()))


def test_the_command_line_and_registering_offer_what_the_engine_knows(tmp_path, folder):
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out.jsonl"
    prompts.write_text(json.dumps({"id": "a", "token_ids": [5, 6, 7]}) + "\n")
    command = ["generate", "--checkpoint", str(folder), "--prompts", str(prompts), "--out", str(out)]
    assert main([*command, "--dtype", "int8", "--max-new-tokens", "4", "--slots", "1"]) == 0
    assert len(json.loads(out.read_text())["token_ids"]) <= 4
    assert tuple(DTYPES) == OFFERED == get_args(WatchIn.model_fields["dtype"].annotation)
