"""Checkpoints for the engine's tests: the fixture with reference outputs, and small random ones."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generation.engine import Checkpoint, Engine, GenerationRequest, load_checkpoint
from generation.engine.checkpoints.recurrentgemma_format import config_json, tensor_specs
from generation.engine.checkpoints.writing import write_weights
from generation.engine.presets import PRESETS
from generation.engine.random_checkpoint import write_random_checkpoint

FIXTURES = Path(__file__).parents[2] / "fixtures" / "generation"


@dataclass(frozen=True)
class Reference:
    """Outputs of the fixture checkpoint, computed in float64 from the published equations (24 greedy tokens)."""

    prompts: list[list[int]]
    greedy: list[tuple[int, ...]]
    logits: list[np.ndarray]

    def requests(self, **options: Any) -> list[GenerationRequest]:
        options = {"max_new_tokens": 24, "ignore_eos": True} | options
        return [GenerationRequest(str(i), prompt, **options) for i, prompt in enumerate(self.prompts)]

    def by_id(self) -> dict[str, tuple[int, ...]]:
        return {str(i): ids for i, ids in enumerate(self.greedy)}


@pytest.fixture(scope="session")
def reference() -> Reference:
    return reference_of("recurrentgemma")


def reference_of(name: str) -> Reference:
    stored = np.load(FIXTURES / name / "reference.npz")
    lengths = stored["prompt_lengths"]
    prompts = np.split(stored["prompt_ids"], np.cumsum(lengths)[:-1])
    return Reference(
        prompts=[prompt.tolist() for prompt in prompts],
        greedy=[tuple(ids.tolist()) for ids in stored["greedy_ids"]],
        logits=np.split(stored["logits"], np.cumsum(lengths + 24)[:-1]),
    )


@pytest.fixture(scope="session")
def checkpoint() -> Checkpoint:
    return load_checkpoint(FIXTURES / "recurrentgemma")


@pytest.fixture(scope="session")
def engine(checkpoint: Checkpoint) -> Engine:
    return Engine(checkpoint, slots=4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the fixture checkpoint to damage, with the fixture tokenizer beside it."""
    copy = tmp_path / "checkpoint"
    copy.mkdir()
    for name in ("config.json", "generation_config.json", "model.safetensors"):
        shutil.copy(FIXTURES / "recurrentgemma" / name, copy)
    shutil.copy(FIXTURES / "tokenizer" / "tokenizer.model", copy)
    return copy


@pytest.fixture
def edit_config(folder: Path) -> Callable[..., None]:
    """Sets fields of the copy's config.json; None removes a field."""

    def edit(**fields: Any) -> None:
        config = json.loads((folder / "config.json").read_text()) | fields
        kept = {name: value for name, value in config.items() if value is not None}
        (folder / "config.json").write_text(json.dumps(kept))

    return edit


@pytest.fixture(scope="session")
def chatting(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """A tiny random checkpoint with a tokenizer of its own."""
    folder = tmp_path_factory.mktemp("chatting")
    text = folder / "text.txt"
    text.write_text("The quick brown fox jumps over the lazy dog. How do I tell the time by the sea?\n" * 9)
    return load_checkpoint(
        write_random_checkpoint("recurrentgemma-tiny", folder / "checkpoint", seed=3, tokenizer_text=text)
    )


@pytest.fixture
def reshaped(tmp_path: Path) -> Callable[..., Checkpoint]:
    """Makes a random checkpoint of the tiny preset with parts of its shape changed; every tensor is random."""

    def make(**shape: Any) -> Checkpoint:
        config = replace(PRESETS["recurrentgemma-tiny"].config, **shape)
        rng = np.random.default_rng(11)
        write_weights(
            tmp_path, tensor_specs(config), "F32", lambda spec: [0.3 * rng.standard_normal(spec.size)]
        )
        (tmp_path / "config.json").write_text(json.dumps(config_json(config, "float32")))
        return load_checkpoint(tmp_path)

    return make
