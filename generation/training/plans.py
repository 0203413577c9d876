"""The training runs: which network learns which voice, for how long, and which of its steps are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generation.engine.networks.griffin import RecurrentGemmaConfig
from generation.engine.networks.transformer import TransformerConfig
from generation.engine.tokenizer_training import GEMMA_LAYOUT, MISTRAL_LAYOUT
from generation.training.lessons import Voice

VOCABULARY, WIDTH, HEADS = 1536, 128, 4


@dataclass(frozen=True)
class Plan:
    """One training run.

    architecture: as config.json names it.  layout: of the tokenizer.  kept: the folder's name for each step kept.
    """

    series: str
    architecture: str
    config: Any
    layout: Mapping[str, Any]
    voice: Voice
    kept: Mapping[int, str]
    seed: int
    peak_rate: float = 4e-3
    batch: int = 8

    @property
    def steps(self) -> int:
        return max(self.kept)


_GRIFFIN = RecurrentGemmaConfig(
    vocab_size=VOCABULARY,
    width=WIDTH,
    depth=6,
    mlp_width=2 * WIDTH,
    heads=HEADS,
    kv_heads=1,
    head_dim=WIDTH // HEADS,
    lru_width=WIDTH,
    window=256,
    conv_width=4,
    block_types=("recurrent", "recurrent", "attention"),
    logits_soft_cap=30.0,
    norm_eps=1e-6,
    rope_base=10_000.0,
    rotated_share=0.5,
)


def _transformer(kv_heads: int, rope_base: float, norm_eps: float) -> TransformerConfig:
    return TransformerConfig(
        vocab_size=VOCABULARY,
        width=WIDTH,
        depth=4,
        mlp_width=2 * WIDTH,
        heads=HEADS,
        kv_heads=kv_heads,
        head_dim=WIDTH // HEADS,
        window=None,
        norm_eps=norm_eps,
        rope_base=rope_base,
    )


PLANS = (
    Plan(
        series="tiny-recurrentgemma",
        architecture="RecurrentGemmaForCausalLM",
        config=_GRIFFIN,
        layout=GEMMA_LAYOUT,
        voice="careful",
        kept={50: "recurrentgemma-early", 240: "recurrentgemma-late"},
        seed=1,
    ),
    Plan(
        series="tiny-gemma",
        architecture="GemmaForCausalLM",
        config=_transformer(kv_heads=1, rope_base=10_000.0, norm_eps=1e-6),
        layout=GEMMA_LAYOUT,
        voice="plain",
        kept={240: "gemma"},
        seed=2,
    ),
    Plan(
        series="tiny-mistral",
        architecture="MistralForCausalLM",
        config=_transformer(kv_heads=2, rope_base=1_000_000.0, norm_eps=1e-5),
        layout=MISTRAL_LAYOUT,
        voice="plain",
        kept={240: "mistral"},
        seed=3,
    ),
)
