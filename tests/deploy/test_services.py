"""What the services run can be run: commands parse, health checks tell the living from the dead."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import click
import pytest
from celery.bin.base import CLIContext
from celery.bin.beat import beat
from celery.bin.worker import worker
from django.conf import settings
from django.core.management import get_commands

from assay.celery import app
from tests.deploy import compose
from tests.processes import ROOT

HEALTHCHECK = str(compose.DEPLOY / "healthcheck")


def options_of(name: str) -> dict:
    """As Celery's own command line reads them: what it does not know, it refuses."""
    program, _, application, command, *arguments = compose.entrypoint_commands()[name]
    assert (program, application) == ("celery", "assay")
    found = {"worker": worker, "beat": beat}[command]
    context = click.Context(found, obj=CLIContext(app=app, no_color=True, workdir="."))
    found.parse_args(context, arguments)
    return context.params


def test_workers_parse_and_take_the_queues_that_tasks_are_sent_to():
    assert options_of("worker-engine")["queues"] == ["generation"]
    assert options_of("worker-light")["queues"] == [settings.CELERY_TASK_DEFAULT_QUEUE]
    assert {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} == {"generation"}


def test_the_generation_worker_never_forks():
    assert "solo" in str(options_of("worker-engine")["pool"])


def test_beat_parses():
    assert options_of("beat")["schedule"] == "/tmp/celerybeat-schedule"


def test_migrate_runs_commands_that_there_are():
    text = (compose.DEPLOY / "entrypoint").read_text()
    named = [
        line.split()[line.split().index("manage.py") + 1] for line in text.splitlines() if "manage.py" in line
    ]
    assert named == ["migrate", "createcachetable"] and set(named) <= get_commands().keys()


def test_gunicorn_takes_its_configuration_and_finds_the_site():
    program, *arguments = compose.entrypoint_commands()["web"]
    command = [sys.executable, "-m", program, "--check-config", *arguments]
    paths = {"DEBUG": "1", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **paths})
    assert done.returncode == 0, done.stderr


def test_the_entrypoint_refuses_what_it_does_not_know():
    done = subprocess.run([compose.DEPLOY / "entrypoint", "wrker"], capture_output=True, text=True)
    assert done.returncode == 2 and "wrker is none of migrate, web" in done.stderr


def check(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, HEALTHCHECK, *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)


@pytest.mark.parametrize(("age", "code"), [(0, 0), (100, 0), (130, 1)])
def test_a_worker_is_alive_for_as_long_as_it_was_given(tmp_path, age, code):
    file = tmp_path / "heartbeat"
    file.touch()
    os.utime(file, (time.time() - age,) * 2)
    done = check("heartbeat", "120", HEARTBEAT_FILE=str(file))
    assert done.returncode == code and (code == 0 or "s old" in done.stderr)


def test_a_worker_that_never_gave_a_sign_is_not_alive(tmp_path):
    done = check("heartbeat", "120", HEARTBEAT_FILE=str(tmp_path / "none"))
    assert done.returncode == 1 and "no sign of life yet" in done.stderr


@contextmanager
def answering(status: int):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"0.0.0.0:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (500, 1)])
def test_the_site_is_alive_if_it_says_so(status, code):
    with answering(status) as bind:
        assert check("web", WEB_BIND=bind).returncode == code


def test_a_site_that_does_not_listen_is_not_alive():
    done = check("web", WEB_BIND="0.0.0.0:1")
    assert done.returncode == 1 and "refused" in done.stderr


@pytest.mark.parametrize("arguments", [(), ("heartbeat",), ("webs",)])
def test_a_check_that_makes_no_sense_fails_and_explains_itself(arguments):
    done = check(*arguments)
    assert done.returncode == 1 and "healthcheck heartbeat SECONDS" in done.stderr


def test_health_checks_of_the_services_are_ones_that_there_are():
    for service in compose.ours().values():
        if words := service.get("healthcheck", {}).get("test"):
            assert words[1] == "platform/deploy/healthcheck" and words[2] in {"web", "heartbeat"}
            assert words[2] == "web" or float(words[3]) > 0


def test_the_proxy_hides_what_is_for_machines_and_claims_no_more_than_it_saw():
    text = (compose.DEPLOY / "nginx.conf").read_text()
    for path in ("/metrics", "/readyz"):
        assert f"location = {path} {{ return 404; }}" in text
    assert "X-Forwarded-For $remote_addr;" in text and "X-Forwarded-Proto $scheme;" in text
    assert text.count("{") == text.count("}")
