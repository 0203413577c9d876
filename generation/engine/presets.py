"""Shapes of known checkpoints by name, for making checkpoints with random weights."""

from dataclasses import dataclass, replace

from generation.engine.networks.griffin import RecurrentGemmaConfig


@dataclass(frozen=True)
class Preset:
    """A network's shape and the dtype its weights are stored in; `is_tiny`: small enough to be reshaped."""

    config: RecurrentGemmaConfig
    dtype: str
    is_tiny: bool = False


# Botev et al. (2024), arXiv 2404.07839, table 1
_RECURRENTGEMMA_2B = RecurrentGemmaConfig(
    vocab_size=256_000,
    width=2560,
    depth=26,
    mlp_width=7680,
    heads=10,
    kv_heads=1,
    head_dim=256,
    lru_width=2560,
    window=2048,
    conv_width=4,
    block_types=("recurrent", "recurrent", "attention"),
    logits_soft_cap=30.0,
    norm_eps=1e-6,
    rope_base=10_000.0,
    rotated_share=0.5,
)
_RECURRENTGEMMA_TINY = replace(
    _RECURRENTGEMMA_2B,
    vocab_size=512,
    width=64,
    depth=6,
    mlp_width=192,
    heads=4,
    head_dim=16,
    lru_width=64,
    window=128,
)
PRESETS = {
    "recurrentgemma-2b": Preset(_RECURRENTGEMMA_2B, "bfloat16"),
    "recurrentgemma-2b-it": Preset(_RECURRENTGEMMA_2B, "bfloat16"),
    "recurrentgemma-tiny": Preset(_RECURRENTGEMMA_TINY, "float32", is_tiny=True),
}


def preset(name: str, width: int | None = None) -> Preset:
    """The preset of that name; a tiny one in another width if asked.

    Raises: ValueError saying what would be right.
    """
    if name not in PRESETS:
        raise ValueError(f"preset is {name!r}; expected one of: {', '.join(PRESETS)}")
    found = PRESETS[name]
    if width is None:
        return found
    heads = found.config.heads
    if not found.is_tiny:
        raise ValueError(f"width: the preset {name} has the width of the released checkpoint; leave it out")
    if width < 1 or width % (4 * heads):
        raise ValueError(f"width is {width}; expected a multiple of {4 * heads}")
    config = replace(found.config, width=width, lru_width=width, mlp_width=3 * width, head_dim=width // heads)
    return replace(found, config=config)
