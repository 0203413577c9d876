import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from assay.evaluations.generating import owner_name
from assay.evaluations.tasks import sweep
from generation.worker import work_off


class Command(BaseCommand):
    help = "The embedded worker: generates what the ledger holds and keeps reports fresh. Needs no broker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sweep-every", type=float, default=2.0, help="seconds between looks at reports")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        sweeper = threading.Thread(target=self.keep_sweeping, args=(stop, options["sweep_every"]))
        sweeper.start()
        self.stdout.write(
            "Worker ready: it takes what the ledger holds. Ctrl-C stops it after the current response."
        )
        try:
            work_off(owner_name(), stop.is_set)
        finally:
            stop.set()
            sweeper.join()

    def keep_sweeping(self, stop: threading.Event, every_s: float) -> None:
        while not stop.wait(every_s):
            try:
                sweep()
            except Exception as error:  # noqa: BLE001  one bad sweep must not end all later ones; it is told
                self.stderr.write(f"Sweep failed, will try again: {error!r}")
            finally:
                connection.close()
