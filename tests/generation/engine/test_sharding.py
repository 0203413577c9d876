"""Spread over eight devices, the engine writes what it writes on one."""

import json
import os
import subprocess
import sys

import pytest

from tests.generation.engine.conftest import FIXTURES, reference_of

PROGRAM = """
import json, sys, jax
from generation.engine import Engine, load_checkpoint
from generation.engine.sharding import mesh_of
from tests.generation.engine.conftest import reference_of
folder, name, data, model = sys.argv[1:]
engine = Engine(load_checkpoint(folder), slots=4, mesh=mesh_of(int(data), int(model)))
kernels = [leaf for leaf in jax.tree.leaves(engine.checkpoint.params) if not leaf.is_fully_replicated]
texts = {text.id: text.token_ids for text in engine.generate(reference_of(name).requests())}
print(json.dumps({"texts": texts, "devices": jax.device_count(), "divided": len(kernels)}))
"""


@pytest.mark.parametrize(
    ("name", "data", "model"), [("recurrentgemma", 2, 4), ("gemma", 1, 4), ("mistral_full", 4, 2)]
)
def test_eight_devices_write_what_one_writes(name, data, model):
    environment = {
        **os.environ,
        "XLA_FLAGS": "--xla_force_host_platform_device_count=8",
        "JAX_PLATFORMS": "cpu",
    }
    command = [sys.executable, "-c", PROGRAM, str(FIXTURES / name), name, str(data), str(model)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["devices"] == 8 and found["divided"] > 10
    assert {key: tuple(ids) for key, ids in found["texts"].items()} == reference_of(name).by_id()
