"""The architectures that can be read, and the one place that tells them apart."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from generation.engine.checkpoints import (
    recurrentgemma_flax_format,
    recurrentgemma_format,
    transformer_format,
)
from generation.engine.checkpoints.config_fields import Fields
from generation.engine.checkpoints.folder import CheckpointFolder
from generation.engine.checkpoints.orbax_folder import OrbaxFolder
from generation.engine.checkpoints.tensor_specs import TensorSpec
from generation.engine.errors import CheckpointError
from generation.engine.networks import Network
from generation.engine.networks.gemma import Gemma
from generation.engine.networks.mistral import Mistral
from generation.engine.networks.recurrentgemma import RecurrentGemma


@dataclass(frozen=True)
class Family:
    """What it takes to read and write an architecture's folders and to run its network."""

    name: str
    chat_format: str
    config_from: Callable[[Fields], Any]
    config_json: Callable[[Any, str], dict[str, Any]]
    tensor_specs: Callable[[Any], list[TensorSpec]]
    network: Callable[..., Network]  # (config, dtype=...)
    norm_offset: float = 1.0  # what the network adds to the weights of its norms


FAMILIES = {
    recurrentgemma_format.ARCHITECTURE: Family(
        name="recurrentgemma",
        chat_format="gemma",
        config_from=recurrentgemma_format.config_from,
        config_json=recurrentgemma_format.config_json,
        tensor_specs=recurrentgemma_format.tensor_specs,
        network=RecurrentGemma,
    ),
    transformer_format.GEMMA: Family(
        name="gemma",
        chat_format="gemma",
        config_from=transformer_format.gemma_config_from,
        config_json=transformer_format.gemma_config_json,
        tensor_specs=transformer_format.gemma_tensor_specs,
        network=Gemma,
    ),
    transformer_format.MISTRAL: Family(
        name="mistral",
        chat_format="mistral",
        config_from=transformer_format.mistral_config_from,
        config_json=transformer_format.mistral_config_json,
        tensor_specs=transformer_format.mistral_tensor_specs,
        network=Mistral,
        norm_offset=0.0,
    ),
}
IN_ORBAX = {
    recurrentgemma_format.ARCHITECTURE: replace(
        FAMILIES[recurrentgemma_format.ARCHITECTURE], tensor_specs=recurrentgemma_flax_format.tensor_specs
    )
}


def family_named(name: str) -> Family:
    return next(family for family in FAMILIES.values() if family.name == name)


def family_of(folder: CheckpointFolder | OrbaxFolder) -> Family:
    """The family that config.json names. Raises: CheckpointError if none, or none that such a folder may hold."""
    families = IN_ORBAX if isinstance(folder, OrbaxFolder) else FAMILIES
    named = folder.config.get("architectures")
    architecture = named[0] if isinstance(named, list) and len(named) == 1 else named
    if not isinstance(architecture, str) or architecture not in families:
        raise CheckpointError(
            f"{folder.config_file}: field architectures is {named!r:.100}, an unknown architecture; "
            f"expected one of: {', '.join(families)}"
        )
    return families[architecture]
