"""Who answers for a checkpoint. Only a worker that generates loads the engine, and JAX with it."""

from collections.abc import Callable

from generation.backends.base import Backend, NotNow, PromptSample, Reply
from generation.backends.endpoint import EndpointBackend
from generation.backends.engine import EngineBackend
from generation.models import Checkpoint

__all__ = ["BACKENDS", "Backend", "NotNow", "PromptSample", "Reply", "backend_for"]

BACKENDS: dict[str, Callable[[Checkpoint], Backend]] = {
    Checkpoint.Source.ENGINE.value: EngineBackend,
    Checkpoint.Source.ENDPOINT.value: EndpointBackend,
}


def backend_for(checkpoint: Checkpoint) -> Backend:
    """Raises: ValueError if nothing here generates for such a checkpoint."""
    if checkpoint.source not in BACKENDS:
        raise ValueError(f"nothing here generates for {checkpoint} ({checkpoint.get_source_display()})")
    return BACKENDS[checkpoint.source](checkpoint)
