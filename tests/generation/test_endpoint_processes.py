"""Workers as processes over an endpoint: one is killed in mid-chunk, the next asks only for what is missing."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection

from generation.backends import PromptSample
from generation.backends.endpoint import EndpointBackend
from generation.models import Chunk, Response
from generation.runs import plan_run
from generation.sampling import Sampling
from tests import builders
from tests.generation.endpoint_server import Said, chat, echo
from tests.generation.endpoints import heron, work_off_once
from tests.processes import ROOT

PATIENCE_S = 60


@pytest.mark.django_db(transaction=True)
def test_after_a_kill_only_what_is_missing_is_asked(server, environment):
    answers_on = threading.Event()
    server.answer = lambda asked: Said(
        body=echo(asked).body, wait=lambda: len(server.asked) <= 5 or answers_on.wait(PATIENCE_S)
    )
    run = plan_run(heron(server, concurrency=1), builders.prompt_set(prompts=8), Sampling())
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=environment(ENDPOINT_HOSTS=server.host, CHUNK_LEASE_S="1"),
        stdout=subprocess.DEVNULL,
    )
    eventually(lambda: Response.objects.count() == 5 and len(server.asked) == 6)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    answers_on.set()
    kept = set(Response.objects.values_list("pk", flat=True))
    asked_before = server.texts
    work_off_all()
    assert len(kept) == 5 and kept < set(Response.objects.values_list("pk", flat=True))
    assert not run.missing.exists() and Response.objects.count() == 8
    assert (
        len(server.texts) == 6 + 3
    )  # the sixth was asked, but its answer came too late for the killed worker
    assert not set(server.texts[6:]) & set(asked_before[:5])


def work_off_all() -> None:
    """Goes on until no chunk is open, as the lease of a killed worker must run out first."""
    while Chunk.objects.filter(status__in=["queued", "leased"]).exists():
        work_off_once()
        time.sleep(0.02)


def eventually(holds) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        connection.close()  # a fresh look at what another process has written
        time.sleep(0.02)


@pytest.mark.django_db
def test_a_worker_that_stops_gives_up_what_it_waits_for(server):
    """Closing the stream of replies ends at once, though the server has nothing more to say."""
    silence = threading.Event()
    server.answer = lambda asked: Said(
        body=chat("Hello.").body, wait=lambda: asked.text == "slow" and silence.wait(PATIENCE_S)
    )
    replies = EndpointBackend(heron(server)).replies(
        [PromptSample("0" * 64, 0, ("quick",)), PromptSample("1" * 64, 0, ("slow",))],
        Sampling(),
        0,
        more=tuple,
    )
    assert next(replies).turns == ("Hello.",)
    replies.close()
    assert not silence.is_set() and not [t for t in threading.enumerate() if t.name.startswith("endpoint")]
    silence.set()
