"""The link between a worker and its database is cut in mid-chunk, and mended after others have done its work.

unshare --net python -m tests.faults.network_cut

Everything stands in this network namespace but the worker and a program that holds a lock, which stand in another,
joined to this one by a single link. A cut link says nothing: no end of it is told that the other is gone. Afterwards
every response must be there once and with the text of a calm run, and the worker must be of use again. Exit code 1,
with what is wrong, if not.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.web.stage import start_django
from tests.faults.counting import wrong_responses
from tests.faults.parts import PostgreSQL, Program

HERE, THERE, LINK = "10.213.0.1", "10.213.0.2", "assay-link"
PROMPTS, CHUNK, PATIENCE_S = 40, 10, 120
CUT_OFF = "said by one who was cut off"


def main() -> int:
    with tempfile.TemporaryDirectory() as name, namespace() as there:
        folder = Path(name)
        database = PostgreSQL(folder / "postgresql", address=HERE)
        environment = {"CHUNK_LEASE_S": "3", "CHUNK_PROMPTS": str(CHUNK), "CHUNK_ATTEMPTS": "200"}
        start_django(folder, DATABASE_URL=database.server.get_uri(), **environment)
        far = [*there, "env", f"DATABASE_URL=postgresql://postgres@{HERE}/postgres", sys.executable, "-m"]
        worker = Program("worker", [*far, "tests.faults.worker", "embedded"], folder / "worker.log")
        locker = Program("locker", [*far, "tests.faults.locker", CUT_OFF], folder / "locker.log")
        try:
            wrong = list(cut_and_mended(worker, locker))
        finally:
            worker.kill()
            locker.kill()
            database.kill()
        for line in wrong:
            print(line, worker.log.read_text(), locker.log.read_text(), sep="\n", flush=True)
    return 1 if wrong else 0


def cut_and_mended(worker: Program, locker: Program) -> Iterator[str]:
    """What is wrong after the cut, and after the link is whole again."""
    from generation.models import Chunk, Response
    from generation.worker import work_off

    run, locked = asked("heron", PROMPTS), asked("wren", CHUNK)
    locker.start()  # the newest run's chunk, which comes last
    wait_until(lambda: "locked" in locker.log.read_text())
    worker.start()
    wait_until(lambda: Response.objects.filter(checkpoint=run.checkpoint).count() >= 3)
    link("down")
    began = time.monotonic()
    while Chunk.objects.filter(status__in=["queued", "leased"]).exists():
        work_off("survivor", stop=lambda: False, until_idle=True)
        time.sleep(0.1)
    print(f"cut off in mid-chunk; others were done {time.monotonic() - began:.0f} s after", flush=True)
    link("up")
    after = asked("plover", CHUNK)
    wait_until(lambda: not after.chunks.exclude(status="done").exists())
    for each in (locked, run, after):
        yield from wrong_responses(each)
    if Chunk.objects.filter(error=CUT_OFF).exists():
        yield "what was never committed is there"


def asked(name: str, prompts: int) -> Any:
    """A run over so many prompts, which nobody has begun."""
    from generation.backends import BACKENDS
    from generation.runs import plan_run
    from generation.sampling import Sampling
    from tests import builders
    from tests.generation.conftest import engine_checkpoint
    from tests.generation.spelling import SpellingBackend

    BACKENDS["engine"] = lambda checkpoint: SpellingBackend()
    return plan_run(
        engine_checkpoint(name), builders.prompt_set(prompts=prompts, slug=name), Sampling(), seed=3
    )


@contextmanager
def namespace() -> Iterator[list[str]]:
    """A network of its own, joined to ours by the link; gives the words that lead a command into it."""
    ours = Path("/proc/self/ns/net").readlink()
    with subprocess.Popen(["unshare", "--net", "sleep", "infinity"]) as holder:
        try:
            wait_until(lambda: Path(f"/proc/{holder.pid}/ns/net").readlink() != ours)
            enter = ["nsenter", "--net", "--target", str(holder.pid)]
            ip("link", "add", LINK, "type", "veth", "peer", "name", LINK, "netns", str(holder.pid))
            for address, words in ((HERE, []), (THERE, enter)):
                ip("address", "add", f"{address}/30", "dev", LINK, at=words)
                ip("link", "set", LINK, "up", at=words)
            yield enter
        finally:
            holder.kill()


def link(state: str) -> None:
    ip("link", "set", LINK, state)


def ip(*words: str, at: list[str] | None = None) -> None:
    subprocess.run([*(at or []), "ip", *words], check=True)


def wait_until(holds: Callable[[], bool]) -> None:
    """Raises: TimeoutError if it never comes."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {PATIENCE_S} s")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
