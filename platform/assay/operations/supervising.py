"""Several programs that live and end together: the parts of the site, where no container engine looks after them."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_WITHIN_S = 20
LINE = re.compile(r"([a-z-]+): (.+)")


@dataclass(frozen=True)
class Part:
    """A program, the name that stands before its lines (none where it is empty), what its environment has besides."""

    command: Sequence[str]
    name: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def procfile(file: Path) -> dict[str, list[str]]:
    """The programs of a Procfile by name. Raises: ValueError for a line that is none, naming it."""
    found = {}
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = LINE.fullmatch(line.rstrip())
        if match is None:
            raise ValueError(f"{file.name}, line {number}: {line!r} is not `name: command`.")
        found[match[1]] = match[2].split()
    return found


def supervise(parts: Sequence[Part], started: Callable[[], object] = lambda: None) -> int:
    """Runs all parts until one ends or we are told to stop; then ends the others. Returns the exit code to give.

    started: called once all run; what it raises ends them, too.
    """
    wanted_to_stop: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: wanted_to_stop.append(number))
    running = [start(part) for part in parts]
    try:
        started()
        while not wanted_to_stop and all(process.poll() is None for process in running):
            time.sleep(0.2)
    finally:
        stop(running)
    return 0 if wanted_to_stop else 1


def start(part: Part) -> subprocess.Popen[str]:
    """In a session of its own: Ctrl-C is the supervisor's to answer."""
    environment = {**os.environ, **part.environment}
    if not part.name:
        return subprocess.Popen(part.command, env=environment, start_new_session=True, text=True)  # noqa: S603
    process = subprocess.Popen(  # noqa: S603
        part.command,
        env=environment,
        start_new_session=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    threading.Thread(target=repeat, args=(process, part.name), daemon=True).start()
    return process


def repeat(process: subprocess.Popen[str], name: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        sys.stdout.write(f"{name:<13} | {line}")
        sys.stdout.flush()


def stop(running: Sequence[subprocess.Popen[str]]) -> None:
    """Asks all at once, waits for each, and ends what does not listen."""
    for process in running:
        process.terminate()
    end = time.monotonic() + STOP_WITHIN_S
    for process in running:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
