"""Makes the library's checkpoints: tokenizer, training, a folder for each step that is kept, a manifest of digests."""

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from generation.engine.checkpoints.families import FAMILIES
from generation.engine.checkpoints.loading import describe_checkpoint
from generation.engine.checkpoints.writing import write_configs, write_weights
from generation.engine.tokenizer import Tokenizer
from generation.engine.tokenizer_training import train_tokenizer
from generation.training.examples import Batch, batches, example
from generation.training.learning import Params, Progress, learn
from generation.training.lessons import all_text, lessons
from generation.training.plans import VOCABULARY, Plan

LIBRARY = Path(__file__).resolve().parents[1] / "library"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Kept:
    """A folder that was written, and the training step it holds."""

    series: str
    step: int
    folder: Path


def make(plan: Plan, out: Path, on_step: Callable[[Progress], None]) -> list[Kept]:
    """Trains by the plan and writes a folder within `out` for each step that it keeps, over what stood there.

    The same plan on the same machine gives the same files.
    """
    tokenizer_file = out / f"{plan.series}.tokenizer.model"
    out.mkdir(parents=True, exist_ok=True)
    tokenizer_file.write_bytes(train_tokenizer(all_text(), VOCABULARY, plan.layout))
    tokenizer = Tokenizer(tokenizer_file)
    sized = replace(plan, config=replace(plan.config, vocab_size=tokenizer.vocab_size))
    network = FAMILIES[plan.architecture].network(sized.config)
    kept = []
    for progress in learn(network, _batches(plan, tokenizer), plan.steps, plan.peak_rate, plan.seed):
        on_step(progress)
        if progress.step in plan.kept:
            folder = out / plan.kept[progress.step]
            _write(folder, sized, tokenizer_file, progress.params)
            kept.append(Kept(plan.series, progress.step, folder))
    tokenizer_file.unlink()
    return kept


def write_manifest(out: Path, kept: Iterable[Kept]) -> None:
    """`manifest.json`: of each folder its series, step, family, digest (the engine's own) and size in bytes."""
    rows = [_row(one) for one in kept]
    text = json.dumps({"schema": "checkpoints/1", "checkpoints": rows}, indent=2)
    (out / MANIFEST).write_text(text + "\n")


def _batches(plan: Plan, tokenizer: Tokenizer) -> list[Batch]:
    chat_format = FAMILIES[plan.architecture].chat_format
    return batches([example(tokenizer, chat_format, lesson) for lesson in lessons(plan.voice)], plan.batch)


def _write(folder: Path, plan: Plan, tokenizer: Path, params: Params) -> None:
    family = FAMILIES[plan.architecture]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    write_weights(
        folder,
        family.tensor_specs(plan.config),
        "BF16",
        lambda spec: [spec.as_stored(np.asarray(reduce(lambda tree, name: tree[name], spec.path, params)))],
    )
    shutil.copyfile(tokenizer, folder / "tokenizer.model")
    write_configs(folder, family.config_json(plan.config, "bfloat16"))


def _row(kept: Kept) -> dict[str, Any]:
    described = describe_checkpoint(kept.folder)
    return {
        "path": kept.folder.name,
        "series": kept.series,
        "step": kept.step,
        "family": described.family,
        "parameters": described.parameter_count,
        "bytes": sum(file.stat().st_size for file in kept.folder.iterdir()),
        "digest": described.digest,
    }
