"""Checkpoint folders: what loads, and what is refused with the file, the tensor and what would be right."""

import json
import pickle
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from generation.engine import CheckpointError, load_checkpoint
from generation.engine.checkpoints.loading import describe_checkpoint

NORM = "model.final_norm.weight"


def refusal(folder: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(folder)
    return str(caught.value)


def rewrite(folder: Path, change) -> None:
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


def shard(folder: Path) -> None:
    """The same tensors in two files with an index, as large checkpoints come."""
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(tensors)
    weight_map = {name: f"model-{1 + (i > 40)}.safetensors" for i, name in enumerate(names)}
    for file in sorted(set(weight_map.values())):
        save_file({name: tensors[name] for name in names if weight_map[name] == file}, folder / file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))


def test_a_folder_loads_with_its_tokenizer_and_stop_ids(folder):
    checkpoint = load_checkpoint(folder)
    assert (checkpoint.family, checkpoint.chat_format, checkpoint.config.window) == (
        "recurrentgemma",
        "gemma",
        16,
    )
    assert checkpoint.tokenizer is not None
    assert checkpoint.stop_ids == (1, 5)  # <eos> of generation_config.json, <end_of_turn> of the tokenizer


def test_shards_with_an_index_hold_the_same_weights(folder, reference):
    before = load_checkpoint(folder).logits(reference.prompts[1])
    shard(folder)
    assert np.array_equal(load_checkpoint(folder).logits(reference.prompts[1]), before)


@pytest.mark.parametrize("stored", ["float16", "bfloat16"])
def test_narrow_weights_load_as_float32(folder, stored):
    import ml_dtypes

    dtype = getattr(ml_dtypes, stored, None) or np.dtype(stored)
    rewrite(folder, lambda tensors: tensors.update({k: v.astype(dtype) for k, v in tensors.items()}))
    norm = np.asarray(load_checkpoint(folder).params["final_norm"]["weight"])
    assert np.array_equal(norm, load_file(folder / "model.safetensors")[NORM].astype(np.float32))


def test_bfloat16_stays_near_the_reference(folder, reference):
    logits = load_checkpoint(folder, dtype="bfloat16").logits(reference.prompts[1])
    difference = np.abs(logits - reference.logits[1][:3])  # logits have standard deviation 6
    assert 0 < difference.max() < 1.5


def test_a_dtype_that_is_not_offered_is_refused(folder):
    with pytest.raises(ValueError, match="dtype is 'int4'; expected one of: float32, bfloat16, int8"):
        load_checkpoint(folder, dtype="int4")


def test_the_digest_is_of_the_contents_and_not_of_the_place(folder, tmp_path):
    moved = shutil.copytree(folder, tmp_path / "elsewhere")
    (moved / "README.md").write_text("not part of what decides its texts")
    assert load_checkpoint(moved).digest == describe_checkpoint(folder).digest
    rewrite(moved, lambda tensors: tensors[NORM].__setitem__(0, 9.0))
    assert load_checkpoint(moved).digest != describe_checkpoint(folder).digest


@pytest.mark.parametrize("file", ["config.json", "generation_config.json", "tokenizer.model"])
def test_the_digest_covers_every_file_that_decides_a_text(folder, file):
    before = describe_checkpoint(folder).digest
    (folder / file).rename(folder / "elsewhere")
    if file == "config.json":
        (folder / file).write_text((folder / "elsewhere").read_text() + " ")
    assert describe_checkpoint(folder).digest != before


def test_a_missing_tensor_is_named_with_its_shape(folder):
    rewrite(folder, lambda tensors: tensors.pop("model.layers.2.temporal_block.q_proj.weight"))
    assert (
        "model.layers.2.temporal_block.q_proj.weight is missing; expected it with shape [80, 80]"
        in refusal(folder)
    )


def test_an_extra_tensor_is_named(folder):
    rewrite(folder, lambda tensors: tensors.update({"lm_head.weight": np.zeros((2, 2), np.float32)}))
    assert "model.safetensors: tensor lm_head.weight has no place" in refusal(folder)


def test_a_misshapen_tensor_is_named_with_both_shapes(folder):
    rewrite(folder, lambda tensors: tensors.update({NORM: np.zeros(79, np.float32)}))
    assert f"tensor {NORM} has shape [79]; config.json makes it [80]" in refusal(folder)


def test_a_tensor_of_whole_numbers_is_refused(folder):
    rewrite(folder, lambda tensors: tensors.update({NORM: np.zeros(80, np.int64)}))
    assert f"tensor {NORM} is of dtype I64; weights are F32, F16, BF16" in refusal(folder)


@pytest.mark.parametrize("kept", [3, 100, 20_000, 1_081_191])
def test_a_file_cut_short_is_refused_wherever_it_was_cut(folder, kept):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:kept])
    assert re.search(r"model\.safetensors: .*cut short", refusal(folder))


def test_bytes_after_the_last_tensor_are_refused(folder):
    with (folder / "model.safetensors").open("ab") as stream:
        stream.write(b"more")
    assert "4 bytes follow the last tensor" in refusal(folder)


class Explosive:
    """Says so if it is ever unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("a pickle was opened",))


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt"])
def test_a_folder_of_pickles_is_refused_unopened(folder, name):
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(pickle.dumps(Explosive()))
    assert f"{name}: a pickle (PyTorch format), which is never opened" in refusal(folder)


@pytest.mark.parametrize("content", [pickle.dumps(Explosive()), b"PK\x03\x04 a zip of pickles"])
def test_a_pickle_by_another_name_is_known_by_its_content(folder, content):
    (folder / "model.safetensors").write_bytes(content)
    assert "model.safetensors: this is a pickle" in refusal(folder)


def test_a_file_in_place_of_a_folder_is_refused(folder):
    assert "a checkpoint is a folder" in refusal(folder / "model.safetensors")


def test_an_absent_folder_is_named(tmp_path):
    assert refusal(tmp_path / "nowhere").endswith("nowhere: there is no such folder")


def test_a_folder_without_weights_says_what_it_expected(folder):
    (folder / "model.safetensors").unlink()
    assert "no weights: expected model.safetensors, or shards with model.safetensors.index.json" in refusal(
        folder
    )


def test_a_missing_shard_is_named(folder):
    shard(folder)
    (folder / "model-2.safetensors").unlink()
    assert "model-2.safetensors: missing, though model.safetensors.index.json names it" in refusal(folder)


@pytest.mark.parametrize("name", ["../secret.safetensors", "/etc/passwd", "weights.bin"])
def test_an_index_cannot_lead_out_of_the_folder(folder, name):
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {NORM: name}}))
    assert "expected a .safetensors file beside it" in refusal(folder)


def test_an_unknown_architecture_is_named(folder, edit_config):
    edit_config(architectures=["LlamaForCausalLM"])
    assert "['LlamaForCausalLM'], an unknown architecture; expected one of: RecurrentGemma" in refusal(folder)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("hidden_size", None, "field hidden_size is missing"),
        ("vocab_size", "512", "field vocab_size is '512'; expected a positive whole number"),
        ("intermediate_size", 191, "expected a positive whole number, a multiple of 2"),
        ("logits_soft_cap", -1, "expected a positive number"),
        ("hidden_activation", "relu", "field hidden_activation is 'relu'; expected 'gelu_pytorch_tanh'"),
        ("block_types", ["recurrent", "conv"], "expected a list of 'recurrent' and 'attention'"),
        ("lru_width", 81, "expected a multiple of num_attention_heads = 4"),
        ("eos_token_id", 512, None),
        ("window", 5, None),
    ],
)
def test_a_config_field_that_cannot_be_is_named(folder, edit_config, field, value, expected):
    edit_config(**{field: value})
    if expected is None:  # generation_config.json overrules the one field, and nobody reads the other
        assert load_checkpoint(folder).stop_ids == (1, 5)
    else:
        assert expected in refusal(folder)


def test_newer_configs_hold_the_rotation_one_level_deeper(folder, edit_config, reference):
    before = load_checkpoint(folder).logits(reference.prompts[1])
    rotation = {"rope_theta": 10000.0, "partial_rotary_factor": 0.5, "rope_type": "default"}
    edit_config(rope_theta=None, partial_rotary_factor=None, rope_parameters=rotation)
    assert np.array_equal(load_checkpoint(folder).logits(reference.prompts[1]), before)


def test_a_stop_id_beyond_the_vocabulary_is_refused(folder):
    (folder / "generation_config.json").write_text('{"eos_token_id": [1, 512]}')
    assert "eos_token_id is [1, 512]; expected ids from 0 to 511" in refusal(folder)


@pytest.mark.parametrize("stated", ["true", "[true]", "[1.0]", '"1"', '["<eos>"]', "-1", '{"id": 1}'])
def test_a_stop_id_that_is_no_id_is_refused(folder, stated):
    (folder / "generation_config.json").write_text(f'{{"eos_token_id": {stated}}}')
    assert "expected ids from 0 to 511" in refusal(folder)


def test_no_more_stop_ids_are_taken_than_the_engine_looks_for(folder):
    """<end_of_turn>, id 5, is one of eight, whether it is stated or not."""
    stated = folder / "generation_config.json"
    stated.write_text('{"eos_token_id": [1, 2, 3, 4, 5, 6, 7, 8]}')
    assert len(load_checkpoint(folder).stop_ids) == 8
    stated.write_text('{"eos_token_id": [1, 2, 3, 4, 9, 6, 7, 8]}')
    assert "with the tokenizer's end of a turn, 9 ids would end a text; expected at most 8" in refusal(folder)


def test_json_that_is_none_is_named(folder):
    (folder / "config.json").write_text("{")
    assert "config.json: not JSON" in refusal(folder)


def test_a_tokenizer_that_is_none_is_named(folder):
    (folder / "tokenizer.model").write_bytes(b"nothing of the kind")
    assert "tokenizer.model: not a SentencePiece model" in refusal(folder)


@pytest.mark.parametrize("ids", [[], [512], [-1], [1.5]])
def test_logits_of_impossible_ids_are_refused(checkpoint, ids):
    with pytest.raises(ValueError, match="token_ids must"):
        checkpoint.logits(ids)
