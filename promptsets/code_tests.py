"""Runs a prompt's own tests on code, in a process of its own that is short of time, memory and means.

A prompt's `reference` may hold `entry_point`, `tests` (plain asserts), `solution` and `wrong`. The code under test may
come from a checkpoint: it runs without our environment, in an empty folder, under limits of the kernel. That bounds
accidents; it is no jail for an attacker, for whom a container without a network belongs around the worker.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TIME_S, MEMORY_BYTES, FILE_BYTES, OPEN_FILES = 10, 512 * 2**20, 2**20, 64
FENCE = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)```", re.DOTALL | re.IGNORECASE)
LAST_CHARACTERS = 2000
# The child limits itself before it reads the program: code between fork and exec could deadlock in a process that runs
# threads, as every process does that has loaded JAX.
LIMITED = """
import resource, runpy, sys
kinds = ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NOFILE")
for kind, most in zip(kinds, map(int, sys.argv[1:])):
    resource.setrlimit(getattr(resource, kind), (most, most))
sys.argv[1:] = []
runpy.run_path("program.py", run_name="__main__")
"""


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
            done = subprocess.run(  # noqa: S603  this is what the module is for; see its docstring
                [
                    sys.executable,
                    "-I",
                    "-c",
                    LIMITED,
                    *map(str, (TIME_S, MEMORY_BYTES, FILE_BYTES, 0, OPEN_FILES)),
                ],
                cwd=folder,
                env={},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIME_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return TestRun(False, f"not done after {TIME_S} s")
    return TestRun(done.returncode == 0, done.stderr.decode(errors="replace")[-LAST_CHARACTERS:])


def code_in(response: str) -> str:
    """The Python of a response: its fenced blocks one after the other, else all of it."""
    return "\n\n".join(FENCE.findall(response)) or response
