"""A storm: parts of a whole stack are killed at random while workers generate and raters judge; then all is counted.

python -m tests.faults.storm --on embedded      SQLite and the embedded worker
python -m tests.faults.storm --on production    PostgreSQL, Valkey and Celery

Afterwards every acknowledged answer must be there once and as it was sent, every response once and with the text of a
run without faults, every chunk done or dead with its reason, and the report the same to the digit as one over the same
answers given in calm. Exit code 1, with what is wrong, if not.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.web.stage import OURS, people, signed_in, start_django
from tests.faults.counting import problems, told
from tests.faults.parts import PostgreSQL, Program, Stack, free_port, valkey
from tests.faults.raters import StubbornRater

DOWN_S, QUIET_S, PATIENCE_S = 1.0, (0.5, 5.0), 300  # a worker takes seconds to come up
PLACES_A_KILL, RATERS, CHUNK = 40, 5, 20


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--on", choices=["embedded", "production"], required=True)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name, standing(options.on, Path(name)) as stack:
        study, run = sown(options.kills)
        raters = [
            StubbornRater(
                stack.port,
                signed_in(user, OURS),
                f"/rate/{study.public_id}/next/",
                0.3,
                random.Random(number),
            )
            for number, user in enumerate(people(study, RATERS))
        ]
        over = threading.Event()
        threads = [threading.Thread(target=rater.work, args=(over,)) for rater in raters]
        stack.start()
        for thread in threads:
            thread.start()
        for _ in range(options.kills):
            stack.strike(chance, DOWN_S)
            time.sleep(chance.uniform(*QUIET_S))
        settle(run)
        over.set()
        for thread in threads:
            thread.join()
        wrong = list(problems(study, run, raters))
        for line in (*told(stack, run, raters), *wrong):
            print(line, flush=True)
    return 1 if wrong else 0


@contextmanager
def standing(kind: str, folder: Path) -> Iterator[Stack]:
    """The stack, not started yet but for the database, which is migrated; whatever runs is stopped at the end."""
    port = free_port()
    environment = {"CHUNK_LEASE_S": "3", "CHUNK_PROMPTS": str(CHUNK), "CHUNK_ATTEMPTS": "200"}
    environment |= {"BEAT_FILE": str(folder / "beat"), "WEB_PORT": str(port)}
    services = []
    if kind == "production":
        database, broker = PostgreSQL(folder / "postgresql"), valkey(folder / "valkey", free_port())
        environment |= {
            "DATABASE_URL": database.server.get_uri(),
            "REDIS_URL": f"redis://127.0.0.1:{broker.port}/0",
        }
        services = [database, broker]
    stack = Stack([*services, *programs(kind, folder, port)], port)
    try:
        start_django(folder, **environment)
        yield stack
    finally:
        stack.stop()


def programs(kind: str, folder: Path, port: int) -> list[Program]:
    python = [sys.executable, "-m"]
    serve = ["gunicorn", "--pythonpath", ".,platform", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    serve += ["--worker-class", "gthread", "--threads", "4", "--log-level", "error", "assay.wsgi"]
    web = Program("web", [*python, *serve], folder / "web.log", port)
    kinds = ["generation", "generation", "light"] if kind == "production" else ["embedded", "embedded"]
    workers = [
        Program(f"{each} worker", [*python, "tests.faults.worker", each], folder / f"{each}-{number}.log")
        for number, each in enumerate(kinds)
    ]
    return [web, *workers]


def sown(kills: int) -> tuple[Any, Any]:
    """A study to be judged, and a run to be generated that is long enough for the storm."""
    from generation.backends import BACKENDS
    from generation.runs import plan_run
    from generation.sampling import Sampling
    from tests import builders
    from tests.generation.conftest import engine_checkpoint
    from tests.generation.spelling import SpellingBackend

    BACKENDS["engine"] = lambda checkpoint: SpellingBackend()
    study = builders.study(prompts=max(40, 2 * kills), ratings=3)
    prompts = builders.prompt_set(prompts=PLACES_A_KILL * kills, slug="asked")
    return study, plan_run(engine_checkpoint("heron"), prompts, Sampling(), seed=3)


def settle(run: Any) -> None:
    """Waits until no chunk is open. Raises: TimeoutError if that takes too long."""
    from django.db import DatabaseError, connection

    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if not run.chunks.filter(status__in=["queued", "leased"]).exists():
                return
        except DatabaseError:
            connection.close()
        time.sleep(1)
    raise TimeoutError(f"chunks are open {PATIENCE_S} s after the storm")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
