"""Accelerators to compile for, whether or not one is here: the TPU's compiler runs on any machine."""

import os
from dataclasses import dataclass
from typing import Any

# Or the compiler asks a cloud's server what machine this is, and complains that there is none.
QUIET = {
    "TPU_SKIP_MDS_QUERY": "1",
    "TPU_WORKER_HOSTNAMES": "localhost",
    "TPU_ACCELERATOR_TYPE": "v5litepod-4",
}


@dataclass(frozen=True)
class Target:
    """Devices to compile for. bytes: of memory on each.  bandwidth: bytes a second on each, by the maker's word."""

    topology: str
    devices: int
    bytes: float
    bandwidth: float


TARGETS = {
    "tpu-v5e-1": Target("v5e:2x2", 1, 16e9, 819e9),
    "tpu-v5e-4": Target("v5e:2x2", 4, 16e9, 819e9),
}


def devices_of(target: Target) -> list[Any]:
    """Raises: ValueError if the compiler is not installed."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    from jax.experimental import topologies

    try:
        described = topologies.get_topology_desc(
            platform="tpu", topology_name=target.topology, chips_per_host_bounds=[2, 2, 1]
        )
    except Exception as error:  # jax raises what its plugin raises
        raise ValueError(
            f"the TPU compiler is not here ({str(error).splitlines()[0]}): run `make tpu-check`, which brings it"
        ) from error
    return list(described.devices)[: target.devices]
