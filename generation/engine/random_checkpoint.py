"""Checkpoints with random weights, in the layout of released ones: for trying, testing and measuring."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.engine.checkpoints.families import family_named
from generation.engine.checkpoints.tensor_specs import TensorSpec
from generation.engine.checkpoints.writing import write_configs, write_weights
from generation.engine.presets import Config
from generation.engine.presets import preset as find_preset
from generation.engine.tokenizer import Tokenizer
from generation.engine.tokenizer_training import LAYOUTS, train_tokenizer

BLOCK = 1 << 22  # numbers drawn at a time
BRANCH_GAIN = 3.0
LOGITS_SPREAD = 4.0  # standard deviation of the logits, about what trained networks have
STORED = {"float32": "F32", "bfloat16": "BF16"}


def write_random_checkpoint(
    preset: str,
    out: str | Path,
    seed: int = 0,
    tokenizer_text: str | Path | None = None,
    width: int | None = None,
    on_tensor: Callable[[TensorSpec], None] = lambda spec: None,
) -> Path:
    """A checkpoint folder of the preset's shape; the same arguments give the same files.

    tokenizer_text: for tiny presets, a plain text file on which a tokenizer is trained; the vocabulary then has
    its size. Without one the folder has no tokenizer.  width: for tiny presets, another width.  on_tensor: called
    before each tensor is written.
    Raises: ValueError if the preset or width is unknown, the text cannot train a tokenizer, or `out` exists and
        is not an empty folder.
    """
    found, folder = find_preset(preset, width), Path(out)
    family = family_named(found.family)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder}: exists and is not an empty folder; name another, or remove it")
    if tokenizer_text is not None and not found.is_tiny:
        raise ValueError(f"tokenizer_text: the preset {preset} has the vocabulary of the released checkpoint")
    tokenizer: bytes | None = None
    if tokenizer_text is not None:
        layout = LAYOUTS[family.chat_format]
        tokenizer = _tokenizer_of(Path(tokenizer_text), found.config.vocab_size, layout)
    folder.mkdir(parents=True, exist_ok=True)
    config, unlikely = found.config, list[int]()
    if tokenizer is not None:
        (folder / "tokenizer.model").write_bytes(tokenizer)
        written = Tokenizer(folder / "tokenizer.model")
        config, unlikely = replace(config, vocab_size=written.vocab_size), written.unreadable_ids()
    weights = _RandomWeights(config, family.norm_offset, seed, unlikely, on_tensor)
    write_weights(folder, family.tensor_specs(config), STORED[found.dtype], weights.blocks)
    # last, so that a folder whose writing was cut short cannot be taken for a checkpoint
    write_configs(folder, family.config_json(config, found.dtype))
    return folder


def _tokenizer_of(text: Path, vocab_size: int, layout: Mapping[str, Any]) -> bytes:
    try:
        lines = text.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{text}: expected a plain text file in UTF-8: {error}") from error
    try:
        return train_tokenizer(lines, vocab_size, layout)
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from error


@dataclass(frozen=True)
class _RandomWeights:
    """Values for every tensor, which depend on the seed and the tensor's name alone.

    norm_offset: what the network adds to a norm's weights.  unlikely: ids whose pieces are no readable text. Their
    embeddings are nought, and branches outweigh the residual stream, so that a tiny checkpoint writes a soup of words
    rather than one byte for ever.
    """

    config: Config
    norm_offset: float
    seed: int
    unlikely: Sequence[int]
    on_tensor: Callable[[TensorSpec], None]

    def blocks(self, spec: TensorSpec) -> Iterator[NDArray[Any]]:
        self.on_tensor(spec)
        rng = np.random.default_rng([self.seed, *spec.name.encode()])
        for start in range(0, spec.size, BLOCK):
            values = self._values(spec, rng, min(BLOCK, spec.size - start))
            if spec.path == ("embedding",) and self.unlikely:
                values[np.isin((start + np.arange(values.size)) // self.config.width, self.unlikely)] = 0.0
            yield values

    def _values(self, spec: TensorSpec, rng: np.random.Generator, size: int) -> NDArray[Any]:
        if spec.name.endswith("recurrent_param"):
            # so that the strongest decay of each channel, exp(-8 softplus(p)), lies from 0.9 to 0.999
            return np.log(np.expm1(-np.log(rng.uniform(0.9, 0.999, size)) / 8.0))
        if spec.path[-2:] == ("final_norm", "weight"):
            return np.full(size, LOGITS_SPREAD - self.norm_offset, np.float32)
        if spec.name.endswith("norm.weight"):
            return np.full(size, 1.0 - self.norm_offset, np.float32)
        if spec.name.endswith("bias"):
            return np.zeros(size, np.float32)
        gain = BRANCH_GAIN if spec.path[-2:-1] in (("linear_out",), ("o_proj",), ("down_proj",)) else 1.0
        return rng.standard_normal(size, np.float32) * np.float32(gain / math.sqrt(spec.shape[-1]))
