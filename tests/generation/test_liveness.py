"""A worker touches its heartbeat file when it gets on: each look at the ledger, each response."""

import os
import signal
import subprocess
import sys
import time

import pytest

from generation.liveness import beat
from generation.runs import plan_run
from generation.sampling import Sampling
from generation.worker import work_off
from tests import builders
from tests.processes import ROOT


@pytest.fixture
def file(tmp_path, settings):
    settings.HEARTBEAT_FILE = tmp_path / "heartbeat"
    return settings.HEARTBEAT_FILE


def test_without_the_setting_nothing_is_touched(tmp_path, settings, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings.HEARTBEAT_FILE = None
    beat()
    assert not list(tmp_path.iterdir())


def test_a_worker_that_looks_at_the_ledger_touches_it(file, db):
    work_off("ann", stop=lambda: False, until_idle=True)
    assert file.exists()


def test_each_response_touches_it(file, heron, monkeypatch):
    plan_run(heron, builders.prompt_set(prompts=3), Sampling())
    touches = []
    monkeypatch.setattr("generation.working.beat", lambda: touches.append(1))
    work_off("ann", stop=lambda: False, until_idle=True)
    assert len(touches) == 3


def test_a_celery_worker_touches_it_while_it_waits(file, valkey_url, environment):
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "assay.celery",
        "worker",
        "-Q",
        "generation",
        "--pool=solo",
    ]
    variables = environment(REDIS_URL=valkey_url, HEARTBEAT_FILE=str(file))
    worker = subprocess.Popen([*command, "--without-mingle"], cwd=ROOT, env=variables)
    try:
        appears(file)
        os.utime(file, (0, 0))
        appears(file)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)


def appears(file) -> None:
    deadline = time.monotonic() + 60
    while not file.exists() or file.stat().st_mtime == 0:
        assert time.monotonic() < deadline, "no sign of life"
        time.sleep(0.1)
