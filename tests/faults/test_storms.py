"""Short storms over both stacks, in databases of their own; `make storm` runs the long ones."""

import subprocess
import sys

import pytest

from tests.processes import ROOT


@pytest.mark.timeout(900)
@pytest.mark.parametrize("stack", ["embedded", "production"])
def test_what_was_acknowledged_survives_kills_of_every_part(stack):
    command = [sys.executable, "-m", "tests.faults.storm", "--on", stack, "--kills", "9"]
    storm = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert storm.returncode == 0, storm.stdout + storm.stderr
    assert "killed 9:" in storm.stdout
