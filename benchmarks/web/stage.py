"""What both sites are played on: a database with a study and signed-in raters, and gunicorn with equal settings."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
PARAGRAPH = (
    "To answer **{n}** well, start from what is asked and not from what is near it. Say what you know, then what you "
    "infer, and keep the two apart; a reader can only weigh a claim whose ground is in sight.\n\n"
)
RESPONSE = (
    "## A short answer\n\n{paragraphs}1. First, read the whole of it once.\n2. Then list what is asked, *in order*.\n"
    "3. Write down an answer to each part.\n\n```python\ndef part(number: int) -> str:\n"
    "    return f'part {{number}}'\n```\n\n"
    "- It is short: `{n}` has no more to it.\n- It can be checked.\n\nThat is all there is to say about number {n}."
)


@dataclass(frozen=True)
class Site:
    """One of the two: its settings, and the backend that its sessions name."""

    settings: str
    backend: str


@dataclass(frozen=True)
class Server:
    """A gunicorn that serves one of the sites."""

    port: int
    process: subprocess.Popen[bytes]

    def family(self) -> list[int]:
        """The master's and the workers' process ids."""
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [parent, *map(int, children)]

    def cpu_ms(self) -> float:
        """The processor time that all of them have taken so far, in the program and in the kernel."""
        rows = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.family()]
        return sum(int(row[11]) + int(row[12]) for row in rows) * 1000 / TICKS

    def memory_mb(self) -> float:
        """What is theirs alone, and their share of what they hold together."""
        lines = [Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() for pid in self.family()]
        return sum(int(line.split()[1]) for rows in lines for line in rows if line.startswith("Pss:")) / 1024


OURS = Site("assay.settings", "assay.accounts.signed_in.Backend")


def start_django(folder: Path, **environment: str) -> None:
    """Django here and in the servers to come, set as in production, on the database of DATABASE_URL or a new SQLite."""
    sys.path.insert(0, str(ROOT / "platform"))
    os.environ.update(environment)
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'web.sqlite3'}")
    os.environ.update(
        DEBUG="0",
        SECRET_KEY=secrets.token_urlsafe(48),
        ALLOWED_HOSTS="127.0.0.1",
        DJANGO_SETTINGS_MODULE="assay.settings",
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def study_of(prompts: int, ratings: int) -> Any:
    """An instruction-following study as people get it, with responses of some 1,500 characters of Markdown."""
    from generation.models import Response
    from raters.desk.rendering_ahead import render_ahead
    from raters.models import Study
    from raters.rubrics.presets import preset, study_settings
    from tests import builders

    fields = study_settings("instruction") | {"rubric": preset("instruction"), "qualify_gold": 0}
    study = builders.study(prompts=prompts, ratings=ratings, fast_floor_percent=30)
    Study.objects.filter(pk=study.pk).update(**fields)
    changed = list(Response.objects.all())
    for number, response in enumerate(changed):
        response.turns = [RESPONSE.format(n=number, paragraphs=PARAGRAPH.format(n=number) * (2 + number % 4))]
    Response.objects.bulk_update(changed, ["turns"], batch_size=500)
    while render_ahead():  # as a worker does beside the site
        pass
    return study


def people(study: Any, count: int) -> list[Any]:
    """So many raters at work in the study; the users they are."""
    from django.contrib.auth import get_user_model

    from tests import builders

    users = []
    for number in range(count):
        user = get_user_model()(username=f"rater{number:04d}", email=f"rater{number:04d}@example.org")
        user.set_unusable_password()
        user.save()
        builders.enrol(study, user)
        users.append(user)
    return users


def signed_in(user: Any, site: Site) -> str:
    """The cookies of a browser in which the user is signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = site.backend
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    secret = secrets.token_hex(16)
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={secret}"


@contextmanager
def served(site: Site, workers: int) -> Iterator[Server]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--pythonpath", f"{ROOT},{ROOT / 'platform'}"]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", str(workers)]
    command += [
        "--threads",
        "4",
        "--keep-alive",
        "75",
        "--log-level",
        "warning",
        "django.core.wsgi:get_wsgi_application()",
    ]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": site.settings}
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        wait_for(port)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int, most_s: float = 60) -> None:
    until = time.monotonic() + most_s
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"no server on port {port} after {most_s} s")
