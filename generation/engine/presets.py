"""Shapes of known checkpoints by name, for making checkpoints with random weights and for compiling."""

from dataclasses import dataclass, replace

from generation.engine.networks.griffin import RecurrentGemmaConfig
from generation.engine.networks.transformer import TransformerConfig

Config = RecurrentGemmaConfig | TransformerConfig


@dataclass(frozen=True)
class Preset:
    """A family's shape, the dtype that its weights are stored in, and the licence of those that were released.

    is_tiny: small enough to be reshaped; no such weights were ever released.
    """

    family: str
    config: Config
    dtype: str
    licence: str = ""
    is_tiny: bool = False


GEMMA_TERMS, APACHE_2 = "Gemma Terms of Use", "Apache-2.0"  # https://ai.google.dev/gemma/terms
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
_RECURRENTGEMMA_9B = replace(
    _RECURRENTGEMMA_2B, width=4096, depth=38, mlp_width=12_288, heads=16, lru_width=4096
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
# Gemma Team (2024), arXiv 2403.08295, table 1
_GEMMA_2B = TransformerConfig(
    vocab_size=256_000,
    width=2048,
    depth=18,
    mlp_width=16_384,
    heads=8,
    kv_heads=1,
    head_dim=256,
    window=None,
    norm_eps=1e-6,
    rope_base=10_000.0,
)
_GEMMA_7B = replace(_GEMMA_2B, width=3072, depth=28, mlp_width=24_576, heads=16, kv_heads=16)
_GEMMA_TINY = replace(_GEMMA_2B, vocab_size=512, width=64, depth=4, mlp_width=192, heads=4, head_dim=16)
# Jiang et al. (2023), arXiv 2310.06825; version 0.2 drops the window and raises the base of the rotary positions
_MISTRAL_7B = TransformerConfig(
    vocab_size=32_000,
    width=4096,
    depth=32,
    mlp_width=14_336,
    heads=32,
    kv_heads=8,
    head_dim=128,
    window=None,
    norm_eps=1e-5,
    rope_base=1e6,
)
_MISTRAL_TINY = replace(
    _MISTRAL_7B, vocab_size=512, width=64, depth=4, mlp_width=192, heads=4, kv_heads=2, head_dim=16
)
_BY_SIZE = {
    "recurrentgemma-2b": Preset("recurrentgemma", _RECURRENTGEMMA_2B, "bfloat16", GEMMA_TERMS),
    "recurrentgemma-9b": Preset("recurrentgemma", _RECURRENTGEMMA_9B, "bfloat16", GEMMA_TERMS),
    "recurrentgemma-tiny": Preset("recurrentgemma", _RECURRENTGEMMA_TINY, "float32", is_tiny=True),
    "gemma-1.1-2b": Preset("gemma", _GEMMA_2B, "bfloat16", GEMMA_TERMS),
    "gemma-1.1-7b": Preset("gemma", _GEMMA_7B, "bfloat16", GEMMA_TERMS),
    "gemma-tiny": Preset("gemma", _GEMMA_TINY, "float32", is_tiny=True),
    "mistral-7b-v0.2": Preset("mistral", _MISTRAL_7B, "bfloat16", APACHE_2),
    "mistral-tiny": Preset("mistral", _MISTRAL_TINY, "float32", is_tiny=True),
}
_TUNED = {  # a name of its own, a shape that is the base's
    "recurrentgemma-2b-it": "recurrentgemma-2b",
    "recurrentgemma-9b-it": "recurrentgemma-9b",
    "gemma-1.1-2b-it": "gemma-1.1-2b",
    "gemma-1.1-7b-it": "gemma-1.1-7b",
    "gemma-2b": "gemma-1.1-2b",
    "gemma-7b": "gemma-1.1-7b",
    "mistral-7b-instruct-v0.2": "mistral-7b-v0.2",
}
PRESETS = _BY_SIZE | {name: _BY_SIZE[base] for name, base in _TUNED.items()}


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
    config = replace(found.config, width=width, mlp_width=3 * width, head_dim=width // heads)
    if isinstance(config, RecurrentGemmaConfig):
        config = replace(config, lru_width=width)
    return replace(found, config=config)
