"""The engine that writes responses: JAX and Flax alone, fit to be used without the rest of the platform."""

from generation.engine.checkpoints.loading import Checkpoint, load_checkpoint
from generation.engine.engine import Engine
from generation.engine.errors import CheckpointError
from generation.engine.requests import GeneratedText, GenerationRequest
from generation.engine.sampling import SamplingParams

__all__ = [
    "Checkpoint",
    "CheckpointError",
    "Engine",
    "GeneratedText",
    "GenerationRequest",
    "SamplingParams",
    "load_checkpoint",
]
