"""An installation of the site of its own, started and asked as a person at a terminal does it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes import ROOT

PATIENCE_S = 600
NOT_YET = "there is no checkpoint"


@dataclass
class Site:
    """An installation of its own: its database, checkpoints and compiled programs lie in `folder`."""

    folder: Path
    origin: str = ""
    output: str = ""

    def environment(self) -> dict[str, str]:
        named = {"CHECKPOINT_ROOTS": "checkpoints", "ENGINE_CACHE": "compiled", "CARD_KEY_FILE": "key.pem"}
        ours = {variable: str(self.folder / name) for variable, name in named.items()}
        ours |= {"DATABASE_URL": f"sqlite:///{self.folder / 'site.sqlite3'}", "DEBUG": "1", "REDIS_URL": ""}
        return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **ours}

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text()

    def answers(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", int(self.origin.rpartition(":")[2]))) == 0

    def run(self, command: str) -> int:
        """One line of the tutorial; what it prints is kept. Returns its exit code."""
        line = command.replace("var/checkpoints", str(self.folder / "checkpoints"))
        ended = subprocess.run(
            line, shell=True, cwd=ROOT, env=self.environment(), capture_output=True, text=True
        )
        self.output = ended.stdout + ended.stderr
        return ended.returncode

    def run_until(self, command: str, said: str) -> None:
        """The same line again and again, as the tutorial says, until it prints that."""
        deadline = time.monotonic() + PATIENCE_S
        while said not in self.output:
            assert self.run(command) == 0 or NOT_YET in self.output, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(3)


@contextmanager
def served(folder: Path, command: str) -> Iterator[Site]:
    """The site as `command` serves it, at a port that is free."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    made = Site(folder, origin=f"http://127.0.0.1:{port}")
    with (folder / "serve.log").open("w") as log:
        whole = [*command.split(), "--port", str(port)]
        process = subprocess.Popen(whole, cwd=ROOT, env=made.environment(), stdout=log, stderr=log)
        try:
            yield made
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def first_link(site: Site) -> str:
    """What `serve` prints for the first administrator, once a page can be had there."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := re.search(r"http\S+/welcome/\S+", site.log)) or not site.answers():
        assert time.monotonic() < deadline, site.log
        time.sleep(0.5)
    return found[0]
