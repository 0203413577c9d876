"""Random checkpoints: loadable, repeatable, different by seed and width, and never over something else."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file

from generation.engine import load_checkpoint
from generation.engine.chat import CHATS
from generation.engine.checkpoints.families import FAMILIES
from generation.engine.checkpoints.tensor_specs import TensorSpec
from generation.engine.checkpoints.writing import write_weights
from generation.engine.presets import PRESETS
from generation.engine.random_checkpoint import write_random_checkpoint

TINY = "recurrentgemma-tiny"


def test_the_same_arguments_give_the_same_checkpoint_and_another_seed_another(tmp_path):
    digests = [
        load_checkpoint(write_random_checkpoint(TINY, tmp_path / str(n), seed=seed)).digest
        for n, seed in enumerate([1, 1, 2])
    ]
    assert digests[0] == digests[1] != digests[2]


def test_a_tiny_checkpoint_has_a_few_hundred_thousand_parameters(tmp_path):
    tensors = load_file(write_random_checkpoint(TINY, tmp_path / "out") / "model.safetensors")
    assert 200_000 < sum(tensor.size for tensor in tensors.values()) < 500_000


def test_another_width_gives_another_shape(tmp_path):
    checkpoint = load_checkpoint(write_random_checkpoint(TINY, tmp_path / "out", width=96))
    assert (checkpoint.config.width, checkpoint.config.lru_width, checkpoint.config.head_dim) == (96, 96, 24)
    assert np.isfinite(checkpoint.logits([2, 7])).all()


def test_a_trained_tokenizer_has_gemmas_first_ids_and_covers_every_byte(chatting):
    tokenizer = chatting.tokenizer
    assert (tokenizer.eos_id, tokenizer.bos_id) == (1, 2)
    assert (tokenizer.start_of_turn_id, tokenizer.end_of_turn_id) == (4, 5)
    assert tokenizer.vocab_size == chatting.config.vocab_size
    text = "東京 and 12\n\n  naïve 🙂"
    assert tokenizer.decode(tokenizer.encode_untrusted(text)) == text


def test_a_trained_tokenizer_of_mistrals_shape_has_the_ids_that_its_config_names(tmp_path):
    (tmp_path / "text.txt").write_text("How do I tell the time by the sea? " * 200)
    folder = write_random_checkpoint("mistral-tiny", tmp_path / "out", tokenizer_text=tmp_path / "text.txt")
    config, checkpoint = json.loads((folder / "config.json").read_text()), load_checkpoint(folder)
    tokenizer = checkpoint.tokenizer
    assert (tokenizer.bos_id, tokenizer.eos_id) == (1, 2)
    assert (config["bos_token_id"], config["eos_token_id"]) == (1, 2) and checkpoint.stop_ids == (2,)
    assert CHATS["mistral"].first_turn(tokenizer, "Hello")[0] == 1


def test_the_2b_preset_has_the_published_parameter_count():
    """2.03 billion and an embedding of 0.65 (arXiv 2404.07839, table 1)."""
    specs = FAMILIES["RecurrentGemmaForCausalLM"].tensor_specs(PRESETS["recurrentgemma-2b-it"].config)
    embedding = next(spec.size for spec in specs if spec.path == ("embedding",))
    assert round(embedding / 1e9, 2) == 0.66  # 256,000 x 2,560; the table cuts where this rounds
    assert round((sum(spec.size for spec in specs) - embedding) / 1e9, 2) == 2.03


def test_large_weights_are_written_in_shards_with_an_index(tmp_path):
    specs = [TensorSpec(name, (2, 3), (name,), "same") for name in ("a", "b", "c")]
    write_weights(tmp_path, specs, "F32", lambda spec: [np.full(4, 1.0), np.full(2, 2.0)], shard_bytes=60)
    index = json.loads((tmp_path / "model.safetensors.index.json").read_text())
    assert index["metadata"]["total_size"] == 72
    assert index["weight_map"]["b"] == "model-00001-of-00002.safetensors"
    stored = load_file(tmp_path / index["weight_map"]["c"])
    assert np.array_equal(stored["c"], [[1, 1, 1], [1, 2, 2]])


def test_layouts_turn_into_parameters_and_back():
    for layout, shape in {"same": (3,), "transposed": (3, 2), "conv": (3, 1, 4)}.items():
        spec = TensorSpec("x", shape, ("x",), layout)
        stored = np.arange(spec.size).reshape(shape)
        assert np.array_equal(spec.as_stored(spec.as_parameter(stored)), stored)


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path):
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(ValueError, match="exists and is not an empty folder"):
        write_random_checkpoint(TINY, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["precious.txt"]


@pytest.mark.parametrize(
    ("preset", "options", "message"),
    [
        ("gpt-2", {}, "preset is 'gpt-2'; expected one of: recurrentgemma-2b, "),
        (TINY, {"width": 60}, "width is 60; expected a multiple of 16"),
        ("recurrentgemma-2b", {"width": 64}, "leave it out"),
        (TINY, {"tokenizer_text": "nowhere.txt"}, "nowhere.txt: expected a plain text file in UTF-8"),
        ("recurrentgemma-2b", {"tokenizer_text": "a.txt"}, "has the vocabulary of the released checkpoint"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_written(tmp_path, preset, options, message):
    with pytest.raises(ValueError, match=message):
        write_random_checkpoint(preset, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_text_too_short_for_a_tokenizer_is_refused(tmp_path):
    (tmp_path / "empty.txt").write_text("\n")
    with pytest.raises(ValueError, match="too little text for a tokenizer"):
        write_random_checkpoint(TINY, tmp_path / "out", tokenizer_text=tmp_path / "empty.txt")
