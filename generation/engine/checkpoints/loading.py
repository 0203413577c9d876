"""Loading a checkpoint: everything is checked against its config before the first weight is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from jaxtyping import Float32

from generation.engine import programs
from generation.engine.chat import can_chat
from generation.engine.checkpoints.config_fields import Fields
from generation.engine.checkpoints.families import Family, family_of
from generation.engine.checkpoints.folder import CheckpointFolder, open_folder
from generation.engine.checkpoints.licences import Licence, licence_of
from generation.engine.checkpoints.orbax_folder import OrbaxFolder, orbax_in
from generation.engine.checkpoints.tensor_specs import Stored, check_tensors
from generation.engine.checkpoints.weights import DTYPES, read_weights
from generation.engine.errors import CheckpointError
from generation.engine.networks import Network
from generation.engine.requests import MOST_STOPS
from generation.engine.sharding import network_over
from generation.engine.tokenizer import Tokenizer


@dataclass(frozen=True, eq=False)
class CheckpointDescription:
    """A checkpoint that was checked but not loaded: all but its weights.

    stop_ids: the tokens that end a text: eos_token_id of generation_config.json (else of config.json), and
    <end_of_turn> if the tokenizer has it.  tokenizer: None where the folder has no tokenizer.model; such a
    checkpoint still generates from token ids.
    """

    folder: CheckpointFolder | OrbaxFolder
    family: str
    chat_format: str
    config: Any
    tokenizer: Tokenizer | None
    stop_ids: tuple[int, ...]
    tensors: Mapping[str, Stored]

    @property
    def path(self) -> Path:
        return self.folder.path

    @cached_property
    def digest(self) -> str:
        return self.folder.digest()

    @property
    def licence(self) -> Licence:
        return licence_of(self.path, self.config)

    @property
    def can_chat(self) -> bool:
        return can_chat(self.chat_format, self.tokenizer)

    @property
    def parameter_count(self) -> int:
        return sum(int(np.prod(tensor.shape)) for tensor in self.tensors.values())


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Weights, tokenizer and config, known by a digest (`CheckpointFolder.digest` says of what).

    mesh: the devices over which the weights are spread, and an engine's slots will be; None of one device.
    """

    path: Path
    family: str
    chat_format: str
    config: Any
    digest: str
    tokenizer: Tokenizer | None
    stop_ids: tuple[int, ...]
    network: Network
    params: Any
    dtype: str
    mesh: Mesh | None = None

    @property
    def can_chat(self) -> bool:
        return can_chat(self.chat_format, self.tokenizer)

    def logits(self, token_ids: Sequence[int]) -> Float32[np.ndarray, "T V"]:
        """Logits at every position of one sequence: the slow, plain truth, without padding, slots or cache.

        Compiles once for each length. Raises: ValueError if an id is out of range or there is none.
        """
        ids = np.asarray(token_ids)
        if ids.ndim != 1 or ids.size == 0 or not np.issubdtype(ids.dtype, np.integer):
            raise ValueError("token_ids must be a sequence of at least one whole number")
        if ids.min() < 0 or ids.max() >= self.network.vocab_size:
            raise ValueError(f"token_ids must lie from 0 to {self.network.vocab_size - 1}")
        return np.asarray(programs.sequence_logits(self.network, self.params, jnp.asarray(ids, jnp.int32)))


def load_checkpoint(
    path: str | Path,
    dtype: str = "float32",
    on_tensor: Callable[[int, int], None] | None = None,
    mesh: Mesh | None = None,
) -> Checkpoint:
    """The checkpoint in a Hugging Face folder of safetensors, or in an Orbax folder as DeepMind's Flax code saves it.

    dtype: of its weights in memory, one of DTYPES.  on_tensor: called after each tensor with how many are in
    memory, of how many.  mesh: from `sharding.mesh_of`, to spread weights and slots over several devices, each of
    which holds its own part of the weights from the start.

    Raises: CheckpointError if anything in the folder is missing, too much, misshapen, cut short, a pickle, or
        of an architecture that cannot be read; ValueError if the dtype is another.
    """
    if dtype not in DTYPES:
        raise ValueError(f"dtype is {dtype!r}; expected one of: {', '.join(DTYPES)}")
    folder = orbax_in(path) or open_folder(path)
    family = family_of(folder)
    described = _describe(folder, family)
    network = family.network(described.config, dtype=DTYPES[dtype])
    return Checkpoint(
        path=described.path,
        family=described.family,
        chat_format=described.chat_format,
        config=described.config,
        digest=described.digest,
        tokenizer=described.tokenizer,
        stop_ids=described.stop_ids,
        network=network if mesh is None else network_over(network, mesh),
        params=read_weights(family.tensor_specs(described.config), described.tensors, dtype, mesh, on_tensor),
        dtype=dtype,
        mesh=mesh,
    )


def describe_checkpoint(path: str | Path) -> CheckpointDescription:
    """What a folder holds, checked as `load_checkpoint` checks it, without reading a weight.

    Its `digest` equals the loaded checkpoint's and is computed when first asked for. Raises: CheckpointError.
    """
    folder = orbax_in(path) or open_folder(path)
    return _describe(folder, family_of(folder))


def _describe(folder: CheckpointFolder | OrbaxFolder, family: Family) -> CheckpointDescription:
    config = family.config_from(Fields(folder.config_file, folder.config))
    stored: Mapping[str, Stored] = folder.tensors()
    check_tensors(family.tensor_specs(config), stored, folder.weights_file, folder.config_told_by)
    tokenizer = _tokenizer(folder, config.vocab_size)
    return CheckpointDescription(
        folder=folder,
        family=family.name,
        chat_format=family.chat_format,
        config=config,
        tokenizer=tokenizer,
        stop_ids=_stop_ids(folder, tokenizer, config.vocab_size),
        tensors=stored,
    )


def _tokenizer(folder: CheckpointFolder | OrbaxFolder, vocab_size: int) -> Tokenizer | None:
    if folder.tokenizer_file is None:
        return None
    tokenizer = Tokenizer(folder.tokenizer_file)
    if tokenizer.vocab_size > vocab_size:
        raise CheckpointError(
            f"{folder.tokenizer_file}: {tokenizer.vocab_size} pieces, but vocab_size in {folder.config_told_by} "
            f"is {vocab_size}; is it the tokenizer of another checkpoint?"
        )
    return tokenizer


def _stop_ids(
    folder: CheckpointFolder | OrbaxFolder, tokenizer: Tokenizer | None, vocab_size: int
) -> tuple[int, ...]:
    stated = folder.generation_config.get("eos_token_id", folder.config.get("eos_token_id"))
    ids = stated if isinstance(stated, list) else [] if stated is None else [stated]
    if not all(type(i) is int and 0 <= i < vocab_size for i in ids):
        raise CheckpointError(
            f"{folder.path}: eos_token_id is {stated!r:.100}; expected ids from 0 to {vocab_size - 1}"
        )
    end_of_turn = tokenizer.end_of_turn_id if tokenizer else None
    stop_ids = {*ids, *([] if end_of_turn is None else [end_of_turn])}
    if len(stop_ids) > MOST_STOPS:
        raise CheckpointError(
            f"{folder.path}: eos_token_id is {stated!r:.100}; with the tokenizer's end of a turn, {len(stop_ids)} ids "
            f"would end a text; expected at most {MOST_STOPS}"
        )
    return tuple(sorted(stop_ids))
