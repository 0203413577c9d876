"""What shapes tell of a RecurrentGemma, for shapes too large to be written here."""

import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from generation.engine.checkpoints.config_fields import Fields
from generation.engine.checkpoints.orbax_arrays import StoredArray
from generation.engine.checkpoints.recurrentgemma_flax_format import tensor_specs
from generation.engine.checkpoints.recurrentgemma_format import config_from
from generation.engine.checkpoints.recurrentgemma_from_shapes import config_json_from
from generation.engine.networks.griffin import RecurrentGemmaConfig
from generation.engine.presets import PRESETS

TREE = Path("tree")
RELEASED_2B = PRESETS["recurrentgemma-2b"].config
# Preset.RECURRENT_GEMMA_9B_V1 of google-deepmind/recurrentgemma 1.0.1
RELEASED_9B = replace(RELEASED_2B, width=4096, lru_width=4096, mlp_width=12_288, heads=16, depth=38)
TINY = replace(PRESETS["recurrentgemma-tiny"].config, window=2048)


def told_by_shapes_of(config: RecurrentGemmaConfig) -> RecurrentGemmaConfig:
    arrays = {
        spec.name: StoredArray(spec.name, TREE, "BF16", spec.shape, None) for spec in tensor_specs(config)
    }
    return config_from(Fields(TREE, config_json_from(arrays, TREE)))


@pytest.mark.parametrize("released", [RELEASED_2B, RELEASED_9B], ids=["2b", "9b"])
def test_released_networks_are_told_whole_and_without_a_warning(released):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert told_by_shapes_of(released) == released


@pytest.mark.filterwarnings("ignore:.*no released RecurrentGemma:UserWarning")
@pytest.mark.parametrize(
    "shape",
    [
        {"lru_width": 96},
        {"heads": 8, "head_dim": 8},
        {"conv_width": 3},
        {"depth": 2, "block_types": ("recurrent",), "head_dim": 16},
        {"depth": 2, "block_types": ("attention",)},
        {"depth": 4, "block_types": ("attention", "recurrent", "recurrent", "recurrent")},
    ],
)
def test_other_shapes_are_told_too(shape):
    config = replace(TINY, **shape)
    assert told_by_shapes_of(config) == config
