import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from assay.evaluations.tasks import sweep
from assay.operations.personal_data.retention import apply_retention
from assay.takeaway.tasks import work_off as work_off_exports
from generation.chunks import this_process
from generation.worker import work_off

RETENTION_EVERY_S = 3600.0  # so that a worker that is started anew each day comes to it, too


class Command(BaseCommand):
    help = "The embedded worker: generates what the ledger holds, keeps reports fresh, makes exports. Needs no broker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sweep-every", type=float, default=1.0, help="seconds between looks at reports")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        acts: list[tuple[str, Callable[[], object], float]] = [
            ("Sweep", sweep, options["sweep_every"]),
            ("Exporting", lambda: work_off_exports(stop.is_set), options["sweep_every"]),
            ("Retention", apply_retention, RETENTION_EVERY_S),
        ]
        beside = [
            threading.Thread(target=self.keep_doing, args=(act, what, stop, every_s))
            for what, act, every_s in acts
        ]
        for thread in beside:
            thread.start()
        self.stdout.write(
            "Worker ready: it takes what the ledger holds. Ctrl-C stops it after the current response."
        )
        try:
            work_off(this_process(), stop.is_set)
        finally:
            stop.set()
            for thread in beside:
                thread.join()

    def keep_doing(self, act: Callable[[], object], what: str, stop: threading.Event, every_s: float) -> None:
        while not stop.wait(every_s):
            try:
                act()
            except Exception as error:  # noqa: BLE001  one bad turn must not end all later ones; it is told
                self.stderr.write(f"{what} failed, will try again: {error!r}")
            finally:
                connection.close()
