"""Spread over eight devices, of one process or of two, the engine writes what it writes on one."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from generation.engine import Engine, load_checkpoint
from tests.generation.engine.conftest import FIXTURES, reference_of

A_FEW_NUMBERS = 512  # bytes, such as of a constant
PROGRAM = """
import json, math, sys, jax
from collections import Counter
folder, name, dtype, data, model, *cluster = sys.argv[1:]
if cluster:
    jax.distributed.initialize(cluster[0], num_processes=2, process_id=int(cluster[1]))
from generation.engine import Engine, load_checkpoint
from generation.engine.sharding import mesh_of
from tests.generation.engine.conftest import reference_of
def held(arrays):
    bytes_of = Counter()
    for array in arrays:
        for device in array.sharding.addressable_devices:
            bytes_of[device.id] += math.prod(array.sharding.shard_shape(array.shape)) * array.itemsize
    return sorted(bytes_of.values())
def note(done, of): loading.append(held(jax.live_arrays()))
loading, mesh = [], mesh_of(int(data), int(model))
checkpoint = load_checkpoint(folder, dtype, note, mesh)
weights = jax.tree.leaves(checkpoint.params)
divided = [leaf for leaf in weights if not leaf.is_fully_replicated]
share = sum(leaf.nbytes for leaf in weights) - sum(leaf.nbytes for leaf in divided) * (1 - 1 / int(model))
engine = Engine(checkpoint, slots=4)
session = engine.open(reference_of(name).requests())
opened = held(jax.live_arrays())
parts = Counter()
for shard in (shard for leaf in weights for shard in leaf.addressable_shards):
    parts[shard.device.id] += shard.data.nbytes
texts = {text.id: text.token_ids for text in session.texts()}
print(json.dumps({"texts": texts, "devices": jax.device_count(), "divided": len(divided), "loading": loading,
    "parts": list(parts.values()), "share": share, "whole": sum(leaf.nbytes for leaf in weights), "opened": opened}))
"""


@pytest.mark.parametrize(
    ("name", "data", "model"), [("recurrentgemma", 2, 4), ("gemma", 1, 4), ("mistral_full", 4, 2)]
)
def test_eight_devices_write_what_one_writes(name, data, model):
    found = answer_of(started(name, data, model, devices=8))
    assert found["devices"] == 8 and found["divided"] > 10
    assert found["texts"] == texts_of(name)
    each_holds_its_part(found, data * model)


def test_eight_devices_write_with_int8_weights_what_one_writes_with_them():
    found = answer_of(started("recurrentgemma", 2, 4, devices=8, dtype="int8-float32"))
    alone = Engine(load_checkpoint(FIXTURES / "recurrentgemma", "int8-float32"), slots=4)
    texts = alone.generate(reference_of("recurrentgemma").requests())
    assert found["divided"] > 20  # values, and the scales of what widens
    assert found["texts"] == {text.id: list(text.token_ids) for text in texts}
    each_holds_its_part(found, 8)


def test_two_processes_that_share_the_devices_write_what_one_writes():
    address = f"127.0.0.1:{free_port()}"
    both = [started("recurrentgemma", 2, 4, 4, address, str(rank)) for rank in (0, 1)]
    for found in map(answer_of, both):
        assert found["devices"] == 8 and found["divided"] > 10
        assert found["texts"] == texts_of("recurrentgemma")


def test_the_command_spreads_over_a_mesh_and_writes_the_same(tmp_path):
    (tmp_path / "prompts.jsonl").write_text('{"id": "a", "token_ids": [5, 6, 7]}\n')
    rows = [generated(tmp_path, "one"), generated(tmp_path, "many", "--mesh", "2x4")]
    assert rows[0]["token_ids"] == rows[1]["token_ids"]
    assert [row["decoding"]["mesh"] for row in rows] == [None, "2x4"]


def generated(folder: Path, name: str, *options: str) -> dict:
    out, asked = folder / name, ["--slots", "2", "--max-new-tokens", "8", *options]
    files = [
        "--checkpoint",
        str(FIXTURES / "gemma"),
        "--prompts",
        str(folder / "prompts.jsonl"),
        "--out",
        str(out),
    ]
    command = [sys.executable, "-m", "generation.engine", "generate", *files, *asked]
    done = subprocess.run(command, env=environment_of(8), capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(out.read_text())


def each_holds_its_part(found: dict, devices: int) -> None:
    """Of the weights, after every tensor as at the end, and of the slots from the start."""
    assert found["parts"] == [found["share"]] * devices and found["share"] < 0.6 * found["whole"]
    for held in [*found["loading"], found["opened"]]:
        assert len(held) == devices and held[-1] <= held[0] + A_FEW_NUMBERS
    assert found["loading"][-1][-1] <= found["share"] + A_FEW_NUMBERS
    assert found["opened"][0] > found["share"] + A_FEW_NUMBERS


def started(
    name: str, data: int, model: int, devices: int, *cluster: str, dtype: str = "float32"
) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(FIXTURES / name), name, dtype, str(data), str(model)]
    command += cluster
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment_of(devices), **pipes)


def environment_of(devices: int) -> dict[str, str]:
    flags = f"--xla_force_host_platform_device_count={devices}"
    return {**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}


def answer_of(process: subprocess.Popen[str]) -> dict:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err[-2000:]
    return json.loads(out.splitlines()[-1])


def texts_of(name: str) -> dict[str, list[int]]:
    return {key: list(ids) for key, ids in reference_of(name).by_id().items()}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
