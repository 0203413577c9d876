import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.accounts import first_administrator
from assay.operations.supervising import Part, supervise

PLATFORM = Path(__file__).resolve().parents[4]


class Command(BaseCommand):
    help = "Serves the site: the web process and, without a broker, the embedded worker beside it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        prepare()
        origin = f"http://{options['host']}:{options['port']}"
        if first_administrator.wanted():
            self.stdout.write(
                "Nobody administers this site yet. Open this once, within a day, to become the first:"
            )
            self.stdout.write(f"  {first_administrator.link(origin)}")
        mode = "Celery workers by REDIS_URL" if settings.REDIS_URL else "embedded worker, no broker"
        database = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
        self.stdout.write(f"Assay on {origin} ({database}, {mode}). Ctrl-C stops it.")
        sys.stdout.flush()
        if code := supervise([Part(command) for command in commands(options["host"], options["port"])]):
            raise CommandError("A part of the site stopped by itself; see above.", returncode=code)


def prepare() -> None:
    """Brings the database, the cache table and, outside development, the static files to where they must be."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)


def commands(host: str, port: int) -> list[list[str]]:
    web = [sys.executable, "-m", "gunicorn", "--pythonpath", str(PLATFORM), "--bind", f"{host}:{port}"]
    web += [
        "--worker-class",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "4",
        "--log-level",
        "warning",
        "assay.wsgi",
    ]
    worker = [sys.executable, str(PLATFORM.parent / "manage.py"), "worker"]
    return [web] if settings.REDIS_URL else [web, worker]
