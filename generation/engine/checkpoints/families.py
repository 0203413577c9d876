"""The architectures that can be read, and the one place that tells them apart."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from generation.engine.checkpoints import recurrentgemma_flax_format, recurrentgemma_format
from generation.engine.checkpoints.config_fields import Fields
from generation.engine.checkpoints.folder import CheckpointFolder
from generation.engine.checkpoints.orbax_folder import OrbaxFolder
from generation.engine.checkpoints.tensor_specs import TensorSpec
from generation.engine.errors import CheckpointError
from generation.engine.networks import Network
from generation.engine.networks.recurrentgemma import RecurrentGemma


@dataclass(frozen=True)
class Family:
    """What it takes to read an architecture's folders and to run its network."""

    name: str
    chat_format: str
    config_from: Callable[[Fields], Any]
    tensor_specs: Callable[[Any], list[TensorSpec]]
    network: Callable[..., Network]  # (config, dtype=...)


FAMILIES = {
    recurrentgemma_format.ARCHITECTURE: Family(
        name="recurrentgemma",
        chat_format="gemma",
        config_from=recurrentgemma_format.config_from,
        tensor_specs=recurrentgemma_format.tensor_specs,
        network=RecurrentGemma,
    ),
}
IN_ORBAX = {
    recurrentgemma_format.ARCHITECTURE: replace(
        FAMILIES[recurrentgemma_format.ARCHITECTURE], tensor_specs=recurrentgemma_flax_format.tensor_specs
    )
}
NOT_YET = ("GemmaForCausalLM", "MistralForCausalLM")


def family_of(folder: CheckpointFolder | OrbaxFolder) -> Family:
    """The family that config.json names. Raises: CheckpointError if it is unknown or not readable yet."""
    families = IN_ORBAX if isinstance(folder, OrbaxFolder) else FAMILIES
    named = folder.config.get("architectures")
    architecture = named[0] if isinstance(named, list) and len(named) == 1 else named
    readable = ", ".join(families)
    if architecture in NOT_YET:
        raise CheckpointError(
            f"{folder.config_file}: {architecture} is not readable yet; readable so far: {readable}"
        )
    if not isinstance(architecture, str) or architecture not in families:
        raise CheckpointError(
            f"{folder.config_file}: field architectures is {named!r}, an unknown architecture; "
            f"expected one of: {readable}"
        )
    return families[architecture]
