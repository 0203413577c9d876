"""A run is stopped without losing anything, and goes on where it was."""

import pytest

from assay.accounts.models import AuditEvent
from generation.chunks import claim
from generation.leasing import LeaseLost
from generation.models import Chunk
from generation.stopping import retry, stop
from tests import builders


@pytest.fixture
def run(db):
    run = builders.run(builders.prompt_set(2), "heron")
    run.items.update(response=None)
    for number, item in enumerate(run.items.order_by("pk")):
        Chunk.objects.create(run=run, number=number, item_ids=[item.pk])
    return run


def test_a_stopped_runs_worker_stores_nothing_more(run, researcher):
    held = claim("worker")
    assert stop(run, researcher) == 2
    with pytest.raises(LeaseLost):
        held.heartbeat()
    assert claim("another") is None
    assert AuditEvent.objects.get(action="run.stopped").actor == researcher


def test_what_was_stopped_goes_on_with_all_its_tries(run):
    claim("worker")
    stop(run)
    assert retry(run) == 2
    assert list(Chunk.objects.order_by().values_list("status", "attempts", "error").distinct()) == [
        ("queued", 0, "stopped")
    ]
    assert claim("another") is not None


@pytest.mark.parametrize("act", [stop, retry])
def test_there_must_be_something_to_act_on(run, act):
    Chunk.objects.update(status="done")
    with pytest.raises(ValueError, match=r"nothing left to stop|no chunk that failed"):
        act(run)
