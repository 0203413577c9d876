"""Fields of a config.json that would make another network of the same tensors: refused, not computed without them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from generation.engine import CheckpointError
from generation.engine.checkpoints.config_fields import Fields
from generation.engine.checkpoints.families import FAMILIES
from generation.engine.checkpoints.loading import describe_checkpoint
from generation.engine.presets import PRESETS
from tests.generation.engine.conftest import FIXTURES

ALL = ("recurrentgemma", "gemma", "mistral_full", "mistral_window")
TANH = "gelu_pytorch_tanh"
# What the released folders state, as far as it decides what is computed; the rest is sizes.
RELEASED: dict[str, dict[str, Any]] = {
    "recurrentgemma-2b-it": {
        "architectures": ["RecurrentGemmaForCausalLM"],
        "attention_bias": False,
        "attention_window_size": 2048,
        "block_types": ["recurrent", "recurrent", "attention"],
        "conv1d_width": 4,
        "embeddings_scale_by_sqrt_dim": True,
        "head_dim": 256,
        "hidden_activation": TANH,
        "hidden_size": 2560,
        "intermediate_size": 15_360,
        "logits_soft_cap": 30.0,
        "lru_width": 2560,
        "num_attention_heads": 10,
        "num_hidden_layers": 26,
        "num_key_value_heads": 1,
        "partial_rotary_factor": 0.5,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10_000.0,
        "vocab_size": 256_000,
    },
    "gemma-1.1-2b-it": {
        "architectures": ["GemmaForCausalLM"],
        "attention_bias": False,
        "head_dim": 256,
        "hidden_act": TANH,
        "hidden_activation": TANH,
        "hidden_size": 2048,
        "intermediate_size": 16_384,
        "num_attention_heads": 8,
        "num_hidden_layers": 18,
        "num_key_value_heads": 1,
        "rms_norm_eps": 1e-6,
        "rope_scaling": None,
        "rope_theta": 10_000.0,
        "vocab_size": 256_000,
    },
    "mistral-7b-instruct-v0.2": {
        "architectures": ["MistralForCausalLM"],
        "hidden_act": "silu",
        "hidden_size": 4096,
        "intermediate_size": 14_336,
        "num_attention_heads": 32,
        "num_hidden_layers": 32,
        "num_key_value_heads": 8,
        "rms_norm_eps": 1e-5,
        "rope_theta": 1_000_000.0,
        "sliding_window": None,
        "tie_word_embeddings": False,
        "vocab_size": 32_000,
    },
}
RELEASED["recurrentgemma-9b-it"] = RELEASED["recurrentgemma-2b-it"] | {
    "hidden_size": 4096,
    "intermediate_size": 24_576,
    "lru_width": 4096,
    "num_attention_heads": 16,
    "num_hidden_layers": 38,
}


def refusal(tmp_path: Path, fixture: str, **fields: Any) -> str:
    """What is said of a fixture's folder with these fields in its config.json."""
    folder = shutil.copytree(FIXTURES / fixture, tmp_path / "folder")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | fields))
    with pytest.raises(CheckpointError) as caught:
        describe_checkpoint(folder)
    return str(caught.value).removeprefix(f"{folder}/config.json: ")


def read(config: dict[str, Any]) -> Any:
    return FAMILIES[config["architectures"][0]].config_from(Fields(Path("config.json"), config))


@pytest.mark.parametrize("name", RELEASED)
def test_what_the_released_folders_state_is_read_as_their_presets(name):
    assert read(RELEASED[name]) == PRESETS[name].config


@pytest.mark.parametrize("name", RELEASED)
def test_newer_writers_state_the_rotation_in_an_object_and_what_is_the_default(name):
    older = RELEASED[name]
    tied = not name.startswith("mistral")
    newer = {"attention_bias": False, "quantization_config": None, "tie_word_embeddings": tied, **older}
    moved = {part: newer.pop(part) for part in ("rope_theta", "partial_rotary_factor") if part in newer}
    assert read({**newer, "rope_parameters": {"rope_type": "default", **moved}}) == PRESETS[name].config
    assert read({**newer, **moved, "rope_scaling": {"type": "default"}}) == PRESETS[name].config


@pytest.mark.parametrize("fixture", ALL)
@pytest.mark.parametrize("name", ["rope_parameters", "rope_scaling"])
@pytest.mark.parametrize("kind", ["rope_type", "type"])
def test_scaled_positions_are_refused_by_either_name(tmp_path, fixture, name, kind):
    told = refusal(tmp_path, fixture, **{name: {kind: "linear", "factor": 8.0}})
    assert told == f"field {name}.{kind} is 'linear'; expected 'default', as positions are not scaled here"


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        (
            {"factor": 8.0},
            "field rope_parameters.factor is 8.0; expected no such field, as positions are not",
        ),
        ({"rope_type": "default", "low_freq_factor": 1}, "field rope_parameters.low_freq_factor is 1"),
        ({"full_attention": {"rope_type": "yarn"}}, "field rope_parameters.full_attention is {'rope_type'"),
        ("linear", "field rope_parameters is 'linear'; expected an object or null"),
    ],
)
def test_a_rotation_that_is_not_known_is_refused(tmp_path, stated, told):
    assert told in refusal(tmp_path, "mistral_full", rope_parameters=stated)


@pytest.mark.parametrize("fixture", ["recurrentgemma", "gemma", "mistral_window"])
def test_two_places_must_say_the_same(tmp_path, fixture):
    assert refusal(tmp_path, fixture, rope_parameters={"rope_theta": 500_000.0}) == (
        "field rope_theta is 10000.0, but rope_parameters.rope_theta is 500000.0; expected the same in both places, or "
        "one of them alone"
    )


@pytest.mark.parametrize("fixture", ALL)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("final_logit_softcapping", 30.0),
        ("attn_logit_softcapping", 50.0),
        ("query_pre_attn_scalar", 224),
        ("quantization_config", {"quant_method": "fp8"}),
    ],
)
def test_what_is_computed_nowhere_here_is_refused_in_every_family(tmp_path, fixture, name, value):
    told = refusal(tmp_path, fixture, **{name: value})
    assert told == f"field {name} is {value!r}; expected null, as it is not computed here"


@pytest.mark.parametrize(
    ("fixture", "name", "value", "right"),
    [
        ("recurrentgemma", "tie_word_embeddings", False, "True"),
        ("gemma", "tie_word_embeddings", False, "True"),
        ("mistral_full", "tie_word_embeddings", True, "False"),
        ("mistral_full", "attention_bias", True, "False"),
        ("gemma", "use_bidirectional_attention", True, "False"),
        ("gemma", "partial_rotary_factor", 0.5, "1"),
        ("mistral_full", "partial_rotary_factor", 0.5, "1"),
        ("gemma", "hidden_activation", "gelu", "'gelu_pytorch_tanh'"),
    ],
)
def test_what_a_family_computes_otherwise_is_refused(tmp_path, fixture, name, value, right):
    told = refusal(tmp_path, fixture, **{name: value})
    assert told == f"field {name} is {value!r}; expected {right}"


def test_a_share_of_rotation_is_looked_for_in_the_object_too(tmp_path):
    told = refusal(tmp_path, "gemma", rope_parameters={"partial_rotary_factor": 0.5})
    assert told == "field partial_rotary_factor is 0.5; expected 1"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("rms_norm_eps", 10**400, "a positive number that float32 can hold"),
        ("rms_norm_eps", 1e-300, "a positive number that float32 can hold"),
        ("rope_theta", 1e300, "a positive number that float32 can hold"),
        ("attention_window_size", 10**400, "at most 1,073,741,824"),
        ("head_dim", 2 * 10**400, "at most 1,073,741,824"),
    ],
)
def test_a_number_beyond_all_that_computes_is_refused(tmp_path, name, value, expected):
    told = refusal(tmp_path, "recurrentgemma", **{name: value})
    assert told.startswith(f"field {name} is ") and told.endswith(f"expected {expected}")
