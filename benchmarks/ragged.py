"""The ragged workload that generation is measured on, and the shapes of its checkpoints. Peers read it too."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VOCABULARY, WIDTH = 16_384, 512
RECURRENTGEMMA = {"depth": 12, "mlp_width": 1536, "heads": 4, "head_dim": 128, "window": 256}
GEMMA = {"depth": 10, "mlp_width": 2048, "heads": 4, "kv_heads": 1, "head_dim": 128}
MISTRAL = {"depth": 10, "mlp_width": 1792, "heads": 8, "kv_heads": 2, "head_dim": 64}
SHAPES = {"recurrentgemma": RECURRENTGEMMA, "gemma": GEMMA, "mistral": MISTRAL}


@dataclass(frozen=True)
class Ragged:
    """Prompts as token ids, and how many new tokens each asks for: exactly so many, whatever they are."""

    prompts: list[NDArray[np.int64]]
    wanted: list[int]

    @property
    def useful(self) -> int:
        return sum(self.wanted)


def ragged(requests: int) -> Ragged:
    """Log-normal lengths: prompts of 4 to 500 tokens around 40, texts of 8 to 512 around 120."""
    rng = np.random.default_rng(7)
    lengths = np.clip(np.round(np.exp(rng.normal(np.log(40), 0.9, requests))), 4, 500).astype(int)
    wanted = np.clip(np.round(np.exp(rng.normal(np.log(120), 0.8, requests))), 8, 512).astype(int)
    prompts = [rng.integers(3, VOCABULARY, length) for length in lengths]
    return Ragged(prompts, wanted.tolist())
