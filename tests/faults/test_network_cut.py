"""A cut between a worker and its database: nothing is lost, and nobody waits for it without end."""

import shutil
import subprocess
import sys

import pytest

from tests.not_run import not_run
from tests.processes import ROOT


@pytest.fixture
def alone() -> list[str]:
    """The words that give a command a network of its own."""
    words = ["unshare", "--net"]
    can = all(map(shutil.which, ("unshare", "nsenter", "ip")))
    if not can or subprocess.run([*words, "true"], capture_output=True).returncode:
        not_run("networks are cut by root alone, with iproute2 and util-linux")
    return words


@pytest.mark.timeout(600)
def test_what_a_worker_does_not_hear_of_is_done_by_others_once(alone):
    command = [*alone, sys.executable, "-m", "tests.faults.network_cut"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cut off in mid-chunk" in done.stdout
