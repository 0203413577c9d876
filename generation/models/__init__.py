"""Tables of the second floor: checkpoints, the runs over prompt sets, the ledger of their work, the responses."""

from generation.models.checkpoints import Checkpoint, CheckpointSeries
from generation.models.chunks import Chunk
from generation.models.registrations import Registration
from generation.models.responses import Response
from generation.models.results import AutomaticResult, ResultFile
from generation.models.runs import GenerationRun, RunResponse
from generation.models.sightings import Sighting

__all__ = [
    "AutomaticResult",
    "Checkpoint",
    "CheckpointSeries",
    "Chunk",
    "GenerationRun",
    "Registration",
    "Response",
    "ResultFile",
    "RunResponse",
    "Sighting",
]
