"""Workers as processes and threads of their own: killed in mid-chunk, and racing for the same work."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection

from generation.chunks import claim
from generation.heartbeat import kept_alive
from generation.models import Chunk, GenerationRun, Response, RunResponse
from generation.runs import plan_run
from generation.sampling import Sampling
from generation.worker import work_off
from tests import builders
from tests.generation.conftest import engine_checkpoint
from tests.generation.spelling import SpellingBackend
from tests.processes import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 60


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def work_off_all() -> None:
    """Goes on until no chunk is open, as the lease of a killed worker must run out first."""
    while Chunk.objects.filter(status__in=["queued", "leased"]).exists():
        work_off("survivor", stop=lambda: False, until_idle=True)
        time.sleep(0.02)


def together(*tasks: Callable[[], object]) -> None:
    """Runs each in a thread with a database connection of its own, all let go at once."""
    gate, failures = threading.Barrier(len(tasks)), []

    def run(task: Callable[[], object]) -> None:
        try:
            gate.wait()
            task()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def texts_of(run: GenerationRun) -> dict[str, str]:
    return dict(run.items.values_list("prompt__key", "response__text_sha256"))


@pytest.fixture
def run(heron, settings) -> GenerationRun:
    settings.CHUNK_PROMPTS = 6
    return plan_run(heron, builders.prompt_set(prompts=12), Sampling(), seed=3)


def test_a_worker_killed_in_mid_chunk_loses_and_doubles_nothing(run, environment, settings):
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.generation.spelling", "victim", "0.15"],
        cwd=ROOT,
        env=environment(CHUNK_LEASE_S="1"),
    )
    eventually(lambda: Response.objects.count() >= 8)  # in the midst of the second chunk
    os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL
    kept = set(Response.objects.values_list("pk", "text_sha256"))
    assert 8 <= len(kept) < 12 and run.chunks.get(number=1).status == "leased"

    work_off_all()
    undisturbed = plan_run(engine_checkpoint("plover"), run.prompt_set_version, Sampling(), seed=3)
    work_off_all()

    assert not run.missing.exists() and run.items.count() == 12
    assert Response.objects.filter(checkpoint=run.checkpoint).count() == 12
    assert kept <= set(Response.objects.values_list("pk", "text_sha256"))
    assert texts_of(run) == texts_of(undisturbed)
    ledger = run.chunks.order_by("number").values_list("status", "fence", "attempts", "owner")
    assert list(ledger)[1] == ("done", 2, 2, "survivor")


def test_workers_side_by_side_share_the_work_and_double_nothing(run, speller):
    speller.seconds_a_reply = 0.01
    other = plan_run(run.checkpoint, builders.prompt_set(prompts=12, slug="same"), Sampling(), seed=3)
    owners = ("ann", "ben", "cleo", "dan")
    together(*[lambda owner=owner: work_off(owner, stop=lambda: False, until_idle=True) for owner in owners])
    work_off_all()
    assert not run.missing.exists() and not other.missing.exists()
    assert Response.objects.count() == 12  # both runs ask for the same twelve keys
    assert texts_of(run) == texts_of(other)


def test_two_workers_that_write_the_same_key_at_once_end_with_one_response(heron, settings):
    runs = [plan_run(heron, builders.prompt_set(prompts=1, slug=slug), Sampling()) for slug in ("one", "two")]
    claims = [claim("ann"), claim("ben")]

    def store(held) -> Callable[[], object]:
        sample, places = next(iter(held.asked().items()))
        (reply,) = SpellingBackend().replies([sample], Sampling(), 0)
        return lambda: held.store(sample, places, reply)

    together(*[store(held) for held in claims])
    response = Response.objects.get()
    assert [run.items.get().response for run in runs] == [response, response]


def test_two_callers_at_once_plan_one_run(heron):
    version = builders.prompt_set(prompts=20)
    together(*[lambda: plan_run(heron, version, Sampling())] * 3)
    assert GenerationRun.objects.count() == 1 and RunResponse.objects.count() == 20
    assert sum(len(chunk.item_ids) for chunk in Chunk.objects.all()) == 20


def test_one_chunk_is_claimed_by_one_of_many(run):
    run.chunks.filter(number=1).delete()
    claims = []
    together(*[lambda owner=owner: claims.append(claim(owner)) for owner in "abcde"])
    assert len([held for held in claims if held]) == 1 and Chunk.objects.get().fence == 1


def test_a_heartbeat_keeps_the_lease_while_the_worker_is_busy(run, settings):
    settings.CHUNK_LEASE_S = 0.3
    held = claim("ann")
    first_end = Chunk.objects.get(pk=held.chunk.pk).lease_until
    with kept_alive(held.chunk, held.fence):
        eventually(lambda: Chunk.objects.get(pk=held.chunk.pk).lease_until > first_end)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("heartbeat")]


def test_a_heartbeat_ends_once_the_claim_is_lost(run, settings, caplog):
    settings.CHUNK_LEASE_S = 0.1
    held = claim("ann")
    Chunk.objects.filter(pk=held.chunk.pk).update(fence=99)
    with kept_alive(held.chunk, held.fence):
        eventually(lambda: "another worker has taken it over" in caplog.text)
