"""What tests of endpoints share: a checkpoint behind a server on loopback, and a run of it worked off."""

from generation.endpoint_urls import EndpointUrl
from generation.endpoints import Endpoint
from generation.models import Checkpoint, Chunk, GenerationRun
from generation.registering_endpoints import register_endpoint
from generation.runs import plan_run
from generation.sampling import Sampling
from generation.worker import work_off
from tests.generation.endpoint_server import EndpointServer

KEY = "sk-lantern-harbour-42"


def heron(server: EndpointServer, **fields) -> Checkpoint:
    url = EndpointUrl.parse(f"http://{server.host}/v1")
    return register_endpoint("heron", Endpoint(url, "heron-large", **fields)).checkpoint


def answered(checkpoint: Checkpoint, version, sampling: Sampling | None = None, **options) -> GenerationRun:
    """A run, after one try of all its chunks."""
    run = plan_run(checkpoint, version, sampling or Sampling(), **options)
    work_off_once()
    return run


def work_off_once(**options) -> None:
    work_off("test", stop=lambda: False, until_idle=True, **options)


def failure_of(run: GenerationRun) -> str:
    """Why its one chunk failed, which is put back to be tried again."""
    chunk = run.chunks.get()
    assert chunk.status == Chunk.Status.QUEUED, chunk.status
    return chunk.error
