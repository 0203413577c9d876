import os
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.operations.supervising import Part, procfile, stop, supervise
from assay.settings import env

READY_WITHIN_S = 120
ADDRESSES = ("DATABASE_URL", "REDIS_URL")


class Command(BaseCommand):
    help = "Runs what the Procfile lists, as containers would: web, workers and beat; Ctrl-C stops all of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--folder",
            type=Path,
            default=settings.BASE_DIR / "var/up",
            help="where its own services keep their data",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            environment = shared_environment(folder, options["port"]) | self.services(folder, stack)
            origin = f"http://127.0.0.1:{options['port']}"
            migrate = [str(settings.BASE_DIR / "platform/deploy/entrypoint"), "migrate"]
            subprocess.run(migrate, check=True, env={**os.environ, **environment})  # noqa: S603
            parts = [
                Part(command, name, {**environment, "HEARTBEAT_FILE": str(folder / f"{name}.heartbeat")})
                for name, command in procfile(settings.BASE_DIR / "Procfile").items()
            ]
            if supervise(parts, lambda: self.tell(origin, environment)):
                raise CommandError("A part of the site stopped by itself; see above.")
        self.stdout.write("All parts have stopped.")

    def services(self, folder: Path, stack: ExitStack) -> dict[str, str]:
        """Addresses of the database and the broker: the environment's, else those of private ones started here."""
        given = {name: address for name in ADDRESSES if (address := env.text(name))}
        if len(given) == len(ADDRESSES):
            return given
        command = [sys.executable, "-m", "assay.operations.services", str(folder)]
        process = subprocess.Popen(  # noqa: S603
            command,
            env={**os.environ, **shared_environment(folder, 0)},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        stack.callback(stop, [process])
        assert process.stdout is not None
        found = dict(process.stdout.readline().strip().partition("=")[::2] for _ in ADDRESSES)
        if set(found) != set(ADDRESSES):
            raise CommandError("Set DATABASE_URL and REDIS_URL, or run `make setup`, which brings both.")
        (folder / "addresses").write_text("".join(f"{name}={(found | given)[name]}\n" for name in ADDRESSES))
        return found | given

    def tell(self, origin: str, environment: dict[str, str]) -> None:
        """Waits until the site can work, then says where it is."""
        if not ready(f"{origin}/readyz"):
            self.stderr.write(f"Not ready after {READY_WITHIN_S} s: see {origin}/readyz")
            return
        command = [sys.executable, "manage.py", "first_administrator", origin]
        link = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)  # noqa: S603
        if link.returncode == 0:
            self.stdout.write("Open this once, within a day, to become the first administrator:")
            self.stdout.write(f"  {link.stdout.strip()}")
        self.stdout.write(f"Assay is ready on {origin}. Ctrl-C stops it.")
        self.stdout.flush()


def shared_environment(folder: Path, port: int) -> dict[str, str]:
    """What all parts have: this Python first, our folders, what each writes beside the services' data."""
    root = settings.BASE_DIR
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": f"{root}{os.pathsep}{root / 'platform'}",
        "WEB_BIND": f"127.0.0.1:{port}",
        "BEAT_SCHEDULE": str(folder / "celerybeat-schedule"),
    }


def ready(address: str) -> bool:
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=10):  # noqa: S310  our own
                return True
        except OSError:
            time.sleep(0.5)
    return False
