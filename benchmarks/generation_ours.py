"""Our engine on the ragged workload, and one step of it beside the bare products, for `benchmarks.generation`."""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.ragged import SHAPES, VOCABULARY, WIDTH, ragged
from generation.engine import Checkpoint, Engine, GenerationRequest, programs
from generation.engine.checkpoints.families import family_named
from generation.engine.checkpoints.weights import in_int8
from generation.engine.networks.int8 import quantised
from generation.engine.presets import PRESETS
from generation.engine.requests import MOST_STOPS

TIMES = 25


def checkpoint_of(family: str) -> Checkpoint:
    """Random weights in the workload's shape."""
    tiny = next(found.config for found in PRESETS.values() if found.family == family and found.is_tiny)
    config = replace(tiny, vocab_size=VOCABULARY, width=WIDTH, **SHAPES[family])
    if family == "recurrentgemma":
        config = replace(config, lru_width=WIDTH)
    network = family_named(family).network(config, dtype=jnp.float32)
    start = jnp.zeros((1, 4), jnp.int32)
    params = jax.jit(lambda key: network.init(key, start, method="logits"))(jax.random.key(0))["params"]  # type: ignore[attr-defined]
    return Checkpoint(Path(family), family, "gemma", config, "", None, (), network, params, "float32")


def in_eight_bits(checkpoint: Checkpoint) -> Checkpoint:
    """The same weights, those of products as `--dtype int8-float32` loads them."""

    def turned(path: tuple[Any, ...], leaf: jax.Array) -> Any:
        names = [entry.key for entry in path]
        return quantised(np.asarray(leaf), names[-1]) if in_int8(names, "int8-float32") else leaf

    return replace(checkpoint, params=jax.tree_util.tree_map_with_path(turned, checkpoint.params))


def one_pass(family: str, requests: int, slots: int) -> dict[str, Any]:
    work, checkpoint = ragged(requests), checkpoint_of(family)
    asked = [
        GenerationRequest(str(n), prompt.tolist(), work.wanted[n], ignore_eos=True)
        for n, prompt in enumerate(work.prompts)
    ]
    times = []
    for _ in range(2):
        engine, start = Engine(checkpoint, slots=slots), time.perf_counter()
        made = sum(len(text.token_ids) for text in engine.generate(asked))
        times.append(time.perf_counter() - start)
        assert made == work.useful
    first = len(asked)  # the first token of each text comes from reading its prompt
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "cold_s": times[0],
        "warm_s": times[1],
        "computed": engine.counts.slot_steps + first,
        "peak_bytes": peak,
        "prompt_fill": engine.counts.prompt_tokens / engine.counts.prompt_places,
    }


def steps(family: str, all_slots: list[int]) -> dict[str, Any]:
    checkpoint, bandwidth = checkpoint_of(family), read_bandwidth()
    small = in_eight_bits(checkpoint)
    weights = sum(leaf.nbytes for leaf in jax.tree.leaves(checkpoint.params))
    rows = []
    for slots in all_slots:
        products, step, int8 = interleaved(
            products_of(checkpoint, slots), step_of(checkpoint, slots), step_of(small, slots)
        )
        floor = 1e3 * weights / bandwidth
        rows.append(
            {"slots": slots, "products_ms": products, "step_ms": step, "int8_ms": int8, "floor_ms": floor}
        )
    return {"steps": rows}


def growth(family: str, lengths: list[int], slots: int = 4) -> dict[str, Any]:
    """The last step of texts that are ever longer, what slots of that size hold, and how long they take to compile."""
    checkpoint = checkpoint_of(family)
    contenders, rows = [], []
    for length in lengths:
        start = time.perf_counter()
        step = step_of(checkpoint, slots, capacity=length, position=length - 1)
        jax.block_until_ready(step())
        compile_s = time.perf_counter() - start
        state = jax.eval_shape(lambda length=length: checkpoint.network.empty_state(slots, length))
        held = sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(state))
        contenders.append(step)
        rows.append({"length": length, "compile_s": compile_s, "state_bytes": held // slots})
    for row, step_ms in zip(rows, interleaved(*contenders), strict=True):
        row["step_ms"] = step_ms
    return {"growth": rows}


def step_of(
    checkpoint: Checkpoint, slots: int, capacity: int = 512, position: int = 200
) -> Callable[[], Any]:
    """A step of decoding with all slots busy, each `position` tokens into its text, which never ends."""
    table = programs.empty_slots(checkpoint.network, slots, capacity, MOST_STOPS)
    state = table.state.replace(position=jnp.full(slots, position, jnp.int32))
    held = [table.replace(left=jnp.full(slots, 1 << 20, jnp.int32), state=state)]  # type: ignore[attr-defined]

    def step() -> Any:
        held[0], written, _ = programs.decode(
            checkpoint.network, checkpoint.params, held[0], 1, jnp.bool_(False)
        )
        return written.tokens

    return step


def products_of(checkpoint: Checkpoint, slots: int) -> Callable[[], Any]:
    """Every weight matrix times activations of its shape, one after the other, and nothing else."""
    matrices = [
        leaf for leaf in jax.tree.leaves(checkpoint.params) if leaf.ndim in (2, 3) and leaf.shape[0] > 4
    ]

    @jax.jit
    def all_products(matrices: list[Any], x: Any) -> Any:
        total = jnp.float32(0)
        for matrix in matrices:
            if matrix.ndim == 3:  # the gates of the RG-LRU: products within heads
                y = jnp.einsum(
                    "bhi,hij->bhj",
                    x[:, : matrix.shape[0] * matrix.shape[1]].reshape(slots, *matrix.shape[:2]),
                    matrix,
                )
            elif matrix.shape[0] == VOCABULARY:
                y = x[:, :WIDTH] @ matrix.T
            else:
                y = x[:, : matrix.shape[0]] @ matrix
            total += (
                y[0].ravel()[0] * 1e-6
            )  # the next product waits for this one, as a layer waits for the last
            x = x + total
        return x

    widest = max(max(matrix.shape[0] for matrix in matrices if matrix.shape[0] < VOCABULARY), WIDTH)
    x = jnp.ones((slots, widest), jnp.float32)
    return lambda: all_products(matrices, x)


def interleaved(*contenders: Callable[[], Any]) -> list[float]:
    """Median milliseconds of each, taken in turns, so that the machine's moods fall on all alike."""
    taken: list[list[float]] = [[] for _ in contenders]
    for turn in range(TIMES + 2):
        for times, contender in zip(taken, contenders, strict=True):
            start = time.perf_counter()
            jax.block_until_ready(contender())
            if turn > 1:
                times.append(1e3 * (time.perf_counter() - start))
    return [sorted(times)[len(times) // 2] for times in taken]


def read_bandwidth() -> float:
    """Bytes a second, best of some passes over 256 MB."""
    block = jnp.ones(64 * 1024 * 1024, jnp.float32)
    total = jax.jit(jnp.sum)
    (best,) = [min(interleaved(lambda: total(block))[0] for _ in range(2))]
    return block.nbytes / best * 1e3


if __name__ == "__main__":
    what, family, *numbers = sys.argv[1:]
    wanted = [int(number) for number in numbers]
    runs = {"pass": lambda: one_pass(family, *wanted), "steps": lambda: steps(family, wanted)}
    print(json.dumps((runs | {"growth": lambda: growth(family, wanted)})[what]()))
