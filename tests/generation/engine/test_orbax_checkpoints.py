"""Orbax folders: in every layout the same weights as the safetensors folder; what is refused, and with which words."""

import json
import os
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from generation.engine import CheckpointError, load_checkpoint
from generation.engine.checkpoints.loading import describe_checkpoint
from generation.engine.checkpoints.orbax_arrays import StoredArray
from tests.generation.engine.flax_trees import FIXTURE, fixture_tree, save

FINAL_NORM = "final_norm.scale"
pytestmark = pytest.mark.filterwarnings("ignore:.*no released RecurrentGemma is 80 wide:UserWarning")


@pytest.fixture
def tree() -> dict:
    return fixture_tree()


@pytest.fixture
def plain(tree, tmp_path) -> Path:
    """A tree in folders of its own for each array, with its config beside it, to damage."""
    folder = save(tree, tmp_path / "plain", ocdbt=False)
    shutil.copy(FIXTURE / "config.json", folder)
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(folder)
    return str(caught.value)


@pytest.mark.parametrize("ocdbt", [True, False])
@pytest.mark.parametrize("root", [True, False])
@pytest.mark.parametrize("zarr3", [False, True])
def test_every_layout_has_the_logits_of_the_same_weights_in_safetensors(
    tree, tmp_path, checkpoint, reference, ocdbt, root, zarr3
):
    folder = save({"params": tree} if root else tree, tmp_path / "saved", ocdbt, zarr3)
    shutil.copy(FIXTURE / "config.json", folder)
    loaded = load_checkpoint(folder)
    assert loaded.config == checkpoint.config
    assert np.array_equal(loaded.logits(reference.prompts[4]), checkpoint.logits(reference.prompts[4]))


def test_without_a_config_the_shapes_tell_all_but_what_released_ones_share(tree, tmp_path, checkpoint):
    folder = save(tree, tmp_path / "saved")
    with pytest.warns(
        UserWarning, match="80 wide and 5 layers deep; its attention window is taken as theirs"
    ):
        loaded = load_checkpoint(folder)
    assert replace(loaded.config, window=checkpoint.config.window) == checkpoint.config
    assert (loaded.config.window, loaded.stop_ids) == (2048, (1,))


def test_within_the_window_a_folder_without_a_config_writes_the_same(tree, tmp_path, checkpoint, reference):
    loaded = load_checkpoint(save({"params": tree}, tmp_path / "saved"))
    prompt = reference.prompts[2]  # nine tokens, of a window of sixteen
    assert np.array_equal(loaded.logits(prompt), checkpoint.logits(prompt))


@pytest.mark.parametrize("stored", ["bfloat16", "float16"])
def test_narrow_arrays_load_as_float32(tree, tmp_path, stored):
    dtype = getattr(ml_dtypes, stored, None) or np.dtype(stored)
    tree["final_norm"]["scale"] = tree["final_norm"]["scale"].astype(dtype)
    norm = np.asarray(load_checkpoint(save(tree, tmp_path / "saved")).params["final_norm"]["weight"])
    assert norm.dtype == np.float32 and np.array_equal(norm, tree["final_norm"]["scale"].astype(np.float32))


def test_all_weights_load_as_the_dtype_that_is_asked_for(plain):
    import jax

    params = load_checkpoint(plain, dtype="bfloat16").params
    assert {str(leaf.dtype) for leaf in jax.tree.leaves(params)} == {"bfloat16"}


def test_a_release_keeps_the_tokenizer_beside_the_tree(tree, tmp_path):
    save({"params": tree}, tmp_path / "2b-it")
    shutil.copy(FIXTURE.parent / "tokenizer" / "tokenizer.model", tmp_path)
    loaded = load_checkpoint(tmp_path)
    assert loaded.tokenizer is not None and loaded.stop_ids == (1, 5)


def test_the_digest_is_of_the_arrays_and_not_of_their_layout(tree, tmp_path):
    saved = [
        save(tree, tmp_path / "one"),
        save({"params": tree}, tmp_path / "two", ocdbt=False),
    ]
    tree["final_norm"]["scale"] = tree["final_norm"]["scale"] + 1
    saved.append(save(tree, tmp_path / "three"))
    one, two, three = [describe_checkpoint(folder).digest for folder in saved]
    assert one == two != three and load_checkpoint(saved[0]).digest == one


@pytest.mark.parametrize("file", ["config.json", "tokenizer.model"])
def test_the_digest_covers_the_files_beside_the_arrays(plain, file):
    shutil.copy(FIXTURE.parent / "tokenizer" / "tokenizer.model", plain)
    before = describe_checkpoint(plain).digest
    (plain / file).unlink()
    assert describe_checkpoint(plain).digest != before


def test_describing_and_refusing_read_no_array(plain, monkeypatch):
    monkeypatch.setattr(StoredArray, "read", lambda array: pytest.fail(f"{array.name} was read"))
    assert describe_checkpoint(plain).parameter_count == describe_checkpoint(FIXTURE).parameter_count
    config = json.loads((plain / "config.json").read_text())
    (plain / "config.json").write_text(json.dumps({**config, "lru_width": 84}))
    assert "config.json makes it" in refusal(plain)


def test_a_missing_array_is_named_with_its_shape(tree, tmp_path):
    del tree["blocks.2"]["attention_block"]["proj_q"]
    told = refusal(save(tree, tmp_path / "saved"))
    assert "saved: tensor blocks.2.attention_block.proj_q.kernel is missing; expected it with shape" in told


def test_an_array_without_which_no_shape_is_known_is_named(tree, tmp_path):
    del tree["embedder"]
    told = refusal(save(tree, tmp_path / "saved"))
    assert "saved: array embedder.input_embedding is missing: this is no RecurrentGemma" in told


def test_arrays_that_have_no_place_are_named(tree, tmp_path):
    told = refusal(save({"params": tree, "opt_state": {"count": np.ones(1, np.float32)}}, tmp_path / "saved"))
    assert "saved: tensor opt_state.count has no place in the network that" in told


def test_a_misshapen_array_is_named_with_both_shapes(tree, tmp_path):
    tree["final_norm"]["scale"] = np.ones(79, np.float32)
    told = refusal(save(tree, tmp_path / "saved"))
    assert f"saved: tensor {FINAL_NORM} has shape [79]; the shape of its other arrays makes it [80]" in told


def test_an_array_that_shapes_are_told_by_must_have_its_axes(tree, tmp_path):
    tree["embedder"]["input_embedding"] = np.ones(80, np.float32)
    told = refusal(save(tree, tmp_path / "saved"))
    assert "array embedder.input_embedding has shape [80]; expected 2 axes, none of them 0" in told


def test_an_array_of_whole_numbers_is_refused(tree, tmp_path):
    tree["final_norm"]["scale"] = np.ones(80, np.int32)
    told = refusal(save(tree, tmp_path / "saved"))
    assert f"saved: array {FINAL_NORM} is of dtype int32; weights are float32, float16, bfloat16" in told


def test_a_lost_part_is_an_error_and_not_noughts(plain):
    (plain / FINAL_NORM / "0").unlink()
    assert f"plain: array {FINAL_NORM}: cannot be read; copy the folder again" in refusal(plain)


def test_a_part_cut_short_is_refused(plain):
    os.truncate(plain / FINAL_NORM / "0", 5)
    assert f"plain: array {FINAL_NORM}: cannot be read" in refusal(plain)


def test_a_last_block_that_was_lost_is_missed(tree, tmp_path):
    folder = save(tree, tmp_path / "saved", ocdbt=False)
    for lost in folder.glob("blocks.4.*"):
        shutil.rmtree(lost)
    assert "array blocks.4." in refusal(folder) and "is missing, though _METADATA names it" in refusal(folder)


def test_a_store_cut_short_is_refused(tree, tmp_path):
    folder = save(tree, tmp_path / "saved")
    for file in (folder / "d").iterdir():
        os.truncate(file, 20)
    assert "saved: cannot be read; copy the folder again" in refusal(folder)


def test_a_few_bytes_that_claim_to_be_huge_are_refused_before_anything_is_read(plain):
    embedding = plain / "embedder.input_embedding" / ".zarray"
    claimed = json.loads(embedding.read_text()) | {"shape": [10**9, 80], "chunks": [512, 80]}
    embedding.write_text(json.dumps(claimed))
    assert "no weights pack so small" in refusal(plain)
    embedding.write_text(json.dumps(claimed | {"shape": [512, 80], "chunks": [10**9, 80]}))
    assert "is kept in parts of [1000000000, 80], larger than itself" in refusal(plain)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"checkpoint": "msgpack"}, "an Orbax folder that holds no arrays"),
        ({"_METADATA": "{}"}, "an Orbax folder that holds no arrays"),
        ({"manifest.ocdbt": "nothing of the kind"}, "cannot be read; copy the folder again"),
        ({"_METADATA": "{}", "a/.zarray": "{}"}, "_METADATA: not Orbax's description of a tree"),
        ({"checkpoint": "", "a/.zarray": "{}"}, "array a: cannot be read"),
        (
            {"one/_METADATA": "{}", "two/_METADATA": "{}"},
            "holds several Orbax checkpoints (one, two); name one",
        ),
        ({"5.orbax-checkpoint-tmp/_METADATA": "{}"}, "whose saving was not finished"),
    ],
)
def test_a_folder_that_only_looks_like_one_is_refused(tmp_path, files, told):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert str(tmp_path) in refusal(tmp_path) and told in refusal(tmp_path)


def test_an_orbax_tree_of_another_network_is_refused(plain):
    config = json.loads((plain / "config.json").read_text())
    (plain / "config.json").write_text(json.dumps({**config, "architectures": ["LlamaForCausalLM"]}))
    assert "an unknown architecture; expected one of: RecurrentGemmaForCausalLM" in refusal(plain)


def test_a_folder_of_safetensors_stays_one_though_orbax_files_lie_beside(folder, checkpoint):
    (folder / "_METADATA").write_text("{}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_checkpoint(folder).config == checkpoint.config
