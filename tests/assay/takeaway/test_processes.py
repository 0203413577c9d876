"""Workers as processes of their own: each kind makes what is asked for; one that is killed leaves no half file."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site
from django.db import connection

from assay.takeaway.making import request_export, sweep_folder
from assay.takeaway.tasks import wake, work_off
from tests import builders
from tests.assay.takeaway.conftest import exported, judge_all

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]
# A worker as it is, but for a disk so slow that it can be caught in the middle.
SLOW = """
import sys, time
import django
django.setup()
from assay.takeaway import kinds, tasks, making
making.TELL_EVERY_S = 0.0
told = kinds.told
def slowly(rows, step):
    for number, row in enumerate(told(rows, step)):
        yield row
        if number == 20:
            print("in the middle", flush=True)
            time.sleep(60)
kinds.told = slowly
tasks.work_off()
"""


@pytest.fixture
def judged(transactional_db):
    study = builders.study(prompts=16)
    for name in ("rita", "rolf", "rena"):
        judge_all(study, builders.rater(study, name))
    return study


def test_no_half_file_stands_under_the_final_name_and_it_is_made_again(judged, settings):
    export = request_export(judged, "judgments", "jsonl")
    worker = slow_worker(settings.EXPORT_ROOT)
    assert worker.stdout.readline() == "in the middle\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    [part] = settings.EXPORT_ROOT.iterdir()
    assert part.name.endswith(".part") and not export.path.exists()
    while not work_off():  # the dead worker's lease of a second runs out
        time.sleep(0.05)
    export.refresh_from_db()
    assert export.status == "done" and export.attempts == 2
    assert export.path.read_bytes() == exported(judged, "judgments")
    os.utime(part, (0, 0))
    sweep_folder()
    assert [path.name for path in settings.EXPORT_ROOT.iterdir()] == [export.path.name]


@pytest.mark.parametrize(
    "broker",
    [pytest.param(False, id="embedded"), pytest.param(True, id="celery", marks=pytest.mark.services)],
)
def test_each_kind_of_worker_makes_what_is_asked_for(judged, settings, broker, request):
    """Celery's finds it by the message that the site sends; the embedded one by looking at the ledger."""
    variables, command = {}, ["manage.py", "worker", "--sweep-every", "0.2"]
    if broker:
        settings.REDIS_URL = variables["REDIS_URL"] = request.getfixturevalue("valkey_url")
        command = ["-m", "celery", "-A", "assay.celery", "worker", "-Q", "light", "--pool=solo"]
        request.getfixturevalue("celery_application")
    export = request_export(judged, "judgments", "parquet")
    wake([export.pk])
    worker = started(command, settings.EXPORT_ROOT, variables)
    try:
        deadline = time.monotonic() + 60
        while not export.path.exists():
            assert time.monotonic() < deadline and worker.poll() is None
            time.sleep(0.1)
    finally:
        worker.terminate()
        worker.wait()
    export.refresh_from_db()
    assert export.path.read_bytes() == exported(judged, "judgments", "parquet")


def slow_worker(folder: Path) -> subprocess.Popen:
    return started(["-c", SLOW], folder, {"EXPORT_LEASE_S": "1"})


def started(command: list[str], folder: Path, variables: dict[str, str]) -> subprocess.Popen:
    """The command as a process that works on this test's database and folder."""
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor != "sqlite":
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    environment = os.environ | {"DATABASE_URL": url, "EXPORT_ROOT": str(folder), "DEBUG": "1"} | variables
    environment |= {"SECRET_KEY": site.SECRET_KEY, "DJANGO_SETTINGS_MODULE": "assay.settings"}
    environment |= {"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    return subprocess.Popen(
        [sys.executable, *command], env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
