"""The config of a RecurrentGemma that comes without one, told by the shapes of its arrays.

As `GriffinConfig.from_flax_params_or_variables` in google-deepmind/recurrentgemma 1.0.1 tells it. Shapes do not tell
the attention window, the soft cap of the logits, that embeddings are scaled, the norms' epsilon and the rotation:
these are the same in all released RecurrentGemma (2B and 9B), and are taken so. A network that was trained with
others needs a config.json beside its arrays.
"""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generation.engine.checkpoints import recurrentgemma_format
from generation.engine.checkpoints.orbax_arrays import StoredArray
from generation.engine.errors import CheckpointError
from generation.engine.networks.griffin import BlockKind, RecurrentGemmaConfig

WINDOW, SOFT_CAP, NORM_EPS, ROPE_BASE, ROTATED_SHARE = 2048, 30.0, 1e-6, 10_000.0, 0.5
RELEASED = {(2560, 26), (4096, 38)}  # width and depth of 2B and 9B
BLOCKS: dict[str, BlockKind] = {"recurrent_block": "recurrent", "attention_block": "attention"}


def config_json_from(arrays: Mapping[str, StoredArray], tree: Path) -> dict[str, Any]:
    """The config.json that the arrays' shapes tell. Raises: CheckpointError naming an array that does not fit.

    Warns if no released RecurrentGemma has this shape, as what shapes do not tell may differ, too.
    """
    shapes = _Shapes(arrays, tree)
    kinds = shapes.kinds()
    vocab_size, width = shapes.of("embedder.input_embedding", 2)
    heads, lru_width, conv_width = _recurrence(shapes, kinds)
    head_dim = _head_dim(shapes, kinds) or width // (heads or 1)
    heads = heads or width // head_dim
    config = RecurrentGemmaConfig(
        vocab_size=vocab_size,
        width=width,
        depth=len(kinds),
        mlp_width=shapes.of("blocks.0.mlp_block.ffw_up.w", 3)[2],
        heads=heads,
        kv_heads=1,
        head_dim=head_dim,
        lru_width=lru_width or heads * head_dim,
        window=WINDOW,
        conv_width=conv_width,
        block_types=_shortest_pattern(kinds),
        logits_soft_cap=SOFT_CAP,
        norm_eps=NORM_EPS,
        rope_base=ROPE_BASE,
        rotated_share=ROTATED_SHARE,
    )
    if (width, len(kinds)) not in RELEASED:
        warnings.warn(
            f"{tree}: no released RecurrentGemma is {width} wide and {len(kinds)} layers deep; its attention window is "
            f"taken as theirs, {WINDOW}, and its soft cap, too. If they differ, put a config.json beside the arrays",
            stacklevel=2,
        )
    return recurrentgemma_format.config_json(config, "float32")


class _Shapes:
    """The arrays' shapes, each asked for with the number of axes that it must have."""

    def __init__(self, arrays: Mapping[str, StoredArray], tree: Path) -> None:
        self.arrays, self.tree = arrays, tree

    def of(self, name: str, axes: int) -> tuple[int, ...]:
        if name not in self.arrays:
            raise CheckpointError(
                f"{self.tree}: array {name} is missing: this is no RecurrentGemma as DeepMind's Flax code saves it"
            )
        shape = self.arrays[name].shape
        if len(shape) != axes or 0 in shape:
            raise CheckpointError(
                f"{self.tree}: array {name} has shape {list(shape)}; expected {axes} axes, none of them 0"
            )
        return shape

    def kinds(self) -> list[BlockKind]:
        """Of each block, in order."""
        parts = {tuple(name.split(".")[1:3]) for name in self.arrays if name.startswith("blocks.")}
        kinds: list[BlockKind] = []
        while found := [kind for name, kind in BLOCKS.items() if (str(len(kinds)), name) in parts]:
            if len(found) > 1:
                raise CheckpointError(f"{self.tree}: blocks.{len(kinds)} is both {' and '.join(found)}")
            kinds += found
        return kinds


def _recurrence(shapes: _Shapes, kinds: list[BlockKind]) -> tuple[int, int, int]:
    """Heads, width and taps of the recurrent blocks, the first two 0 where there is none."""
    if "recurrent" not in kinds:
        return 0, 0, 4
    first = f"blocks.{kinds.index('recurrent')}.recurrent_block"
    heads, block, _ = shapes.of(f"{first}.rg_lru.a_gate.w", 3)
    return heads, heads * block, shapes.of(f"{first}.conv_1d.w", 2)[0]


def _head_dim(shapes: _Shapes, kinds: list[BlockKind]) -> int:
    """Width of an attention head, as all heads share one key; 0 where there is no attention."""
    if "attention" not in kinds:
        return 0
    return shapes.of(f"blocks.{kinds.index('attention')}.attention_block.proj_k.kernel", 2)[1]


def _shortest_pattern(kinds: list[BlockKind]) -> tuple[BlockKind, ...]:
    """The fewest blocks that give all when they are repeated."""
    for length in range(1, len(kinds)):
        if all(kind == kinds[i % length] for i, kind in enumerate(kinds)):
            return tuple(kinds[:length])
    return tuple(kinds)
