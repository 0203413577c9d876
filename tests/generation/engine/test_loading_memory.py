"""What loading takes of the host's memory: the weights and little more, however many tensors there are."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from generation.engine.checkpoints.transformer_format import mistral_config_json, mistral_tensor_specs
from generation.engine.checkpoints.writing import write_configs, write_weights
from generation.engine.presets import PRESETS
from tests.generation.engine.conftest import FIXTURES

MOST = 1.25  # times the weights
# A tiny checkpoint first, so that what JAX takes once for all is not counted.
# Not ru_maxrss, which a child begins with as large as its parent was.
CHILD = """
import re, sys
from pathlib import Path
from generation.engine import load_checkpoint
from generation.engine.sharding import mesh_of
mesh = mesh_of(1, int(sys.argv[3])) if int(sys.argv[3]) > 1 else None
def peak(): return 1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
load_checkpoint(sys.argv[1], mesh=mesh)
before = peak()
kept = load_checkpoint(sys.argv[2], mesh=mesh)
print(peak() - before)
"""


@pytest.mark.parametrize("devices", [1, 8])
def test_loading_peaks_at_little_more_than_the_weights(tmp_path, devices):
    shape = {"vocab_size": 2048, "width": 1024, "depth": 12, "mlp_width": 1024, "heads": 8, "kv_heads": 8}
    config = replace(PRESETS["mistral-tiny"].config, **shape, head_dim=128)
    specs = mistral_tensor_specs(config)
    write_weights(tmp_path, specs, "F32", lambda spec: [np.ones(spec.size, np.float32)])
    write_configs(tmp_path, mistral_config_json(config, "float32"))
    weights = (tmp_path / "model.safetensors").stat().st_size
    child = [sys.executable, "-c", CHILD, str(FIXTURES / "mistral_window"), str(tmp_path), str(devices)]
    several = {**os.environ, "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}"}
    done = subprocess.run(child, capture_output=True, text=True, check=True, env=several)
    assert weights > 200_000_000
    assert 0.8 * weights < json.loads(done.stdout) <= MOST * weights
