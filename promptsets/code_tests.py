"""Runs a prompt's own tests on code, in a process of its own that is short of time, memory and means.

A prompt's `reference` may hold `entry_point`, `tests` (plain asserts), `solution` and `wrong`. The code under test may
come from a checkpoint: it runs without our environment, in an empty folder, under limits of the kernel. That bounds
accidents; it is no jail for an attacker, for whom a container without a network belongs around the worker.
"""

import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TIME_S, MEMORY_BYTES, FILE_BYTES = 10, 512 * 2**20, 2**20
FENCE = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)```", re.DOTALL | re.IGNORECASE)
LAST_CHARACTERS = 2000


@dataclass(frozen=True)
class TestRun:
    """Whether all tests passed; if not, the end of what Python said, or the limit that was hit."""

    __test__ = False  # pytest would take the class for a test

    passed: bool
    said: str = ""


def run_tests(code: str, reference: Mapping[str, str]) -> TestRun:
    """The prompt's tests on this code. Raises: KeyError if the reference holds no tests."""
    program = f"{code}\n\n{reference['tests']}\n"
    with tempfile.TemporaryDirectory(prefix="assay-code-") as folder:
        Path(folder, "program.py").write_text(
            program
        )  # from a file, so that Python can quote the line that failed
        try:
            done = subprocess.run(
                [sys.executable, "-I", "program.py"],
                cwd=folder,
                env={},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIME_S,
                preexec_fn=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return TestRun(False, f"not done after {TIME_S} s")
    return TestRun(done.returncode == 0, done.stderr.decode(errors="replace")[-LAST_CHARACTERS:])


def code_in(response: str) -> str:
    """The Python of a response: its fenced blocks one after the other, else all of it."""
    return "\n\n".join(FENCE.findall(response)) or response


def limit() -> None:
    """What the child may use; set after the fork and before Python starts."""
    for kind, most in (
        (resource.RLIMIT_CPU, TIME_S),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (most, most))
