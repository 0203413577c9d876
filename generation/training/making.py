"""Makes the library's checkpoints: tokenizer, training, a folder for each step that is kept, a manifest of digests."""

import json
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from generation.engine.checkpoints.families import FAMILIES
from generation.engine.checkpoints.loading import describe_checkpoint
from generation.engine.checkpoints.tensor_specs import TensorSpec
from generation.engine.checkpoints.writing import write_configs, write_weights
from generation.engine.tokenizer import Tokenizer
from generation.engine.tokenizer_training import train_tokenizer
from generation.training.examples import batches, example
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


def make(
    plan: Plan, out: Path, on_step: Callable[[Progress], None], spoiled: Collection[int] = ()
) -> list[Kept]:
    """Trains by the plan and writes a folder within `out` for each step that it keeps, over what stood there.

    Each folder is written as soon as its step is reached. Those of the `spoiled` steps get weights full of noise; the
    training goes on without it. The same plan on the same machine gives the same files.
    """
    with TemporaryDirectory() as scratch:
        tokenizer_file = Path(scratch, "tokenizer.model")
        tokenizer_file.write_bytes(train_tokenizer(all_text(), VOCABULARY, plan.layout))
        tokenizer = Tokenizer(tokenizer_file)
        sized = replace(plan, config=replace(plan.config, vocab_size=tokenizer.vocab_size))
        return [
            _keep(sized, _spoil(progress) if progress.step in spoiled else progress, out, tokenizer_file)
            for progress in _training(sized, tokenizer, on_step)
            if progress.step in plan.kept
        ]


def write_manifest(out: Path, kept: Iterable[Kept]) -> None:
    """`manifest.json`: of each folder its series, step, family, digest (the engine's own) and size in bytes."""
    rows = [_row(one) for one in kept]
    text = json.dumps({"schema": "checkpoints/1", "checkpoints": rows}, indent=2)
    (out / MANIFEST).write_text(text + "\n")


def _training(plan: Plan, tokenizer: Tokenizer, on_step: Callable[[Progress], None]) -> Iterator[Progress]:
    family = FAMILIES[plan.architecture]
    examples = [example(tokenizer, family.chat_format, lesson) for lesson in lessons(plan.voice)]
    network = family.network(plan.config)
    for progress in learn(network, batches(examples, plan.batch), plan.steps, plan.peak_rate, plan.seed):
        on_step(progress)
        yield progress


def _spoil(progress: Progress) -> Progress:
    """A regression made on purpose: noise of the weights' own size, seeded by the step."""
    rng = np.random.default_rng(progress.step)

    def noisy(values: Any) -> NDArray[Any]:
        known = np.asarray(values)
        noise = rng.normal(0.0, float(known.std()) + 1e-6, known.shape)
        return np.asarray(known + noise, known.dtype)

    return replace(progress, params=jax.tree.map(noisy, progress.params))


def _keep(plan: Plan, progress: Progress, out: Path, tokenizer: Path) -> Kept:
    family, folder = FAMILIES[plan.architecture], out / plan.kept[progress.step]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    values = partial(_stored_values, progress.params)
    write_weights(folder, family.tensor_specs(plan.config), "BF16", values)
    shutil.copyfile(tokenizer, folder / tokenizer.name)
    write_configs(folder, family.config_json(plan.config, "bfloat16"))
    return Kept(plan.series, progress.step, folder)


def _stored_values(params: Params, spec: TensorSpec) -> list[NDArray[Any]]:
    parameter = reduce(lambda tree, name: tree[name], spec.path, params)
    return [spec.as_stored(np.asarray(parameter))]


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
