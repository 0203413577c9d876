"""`make up`: the site as containers would run it, without them, really: started, used, stopped."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from assay.api.client import AssayClient
from assay.operations.supervising import Part, procfile, supervise
from tests.deploy import compose
from tests.processes import ROOT

PATIENCE_S = 240


def test_the_procfile_runs_the_services_of_the_compose_file():
    parts = procfile(ROOT / "Procfile")
    assert set(parts) == {"web", "worker-light", "worker-engine", "beat"}
    for name, command in parts.items():
        assert command == ["platform/deploy/entrypoint", name] and name in compose.entrypoint_commands()


def test_a_line_that_is_none_is_refused_by_number(tmp_path):
    (tmp_path / "Procfile").write_text("# parts\nweb: run\nworker run\n")
    with pytest.raises(ValueError, match="Procfile, line 3: 'worker run' is not `name: command`"):
        procfile(tmp_path / "Procfile")


def python(code: str, name: str = "") -> Part:
    return Part([sys.executable, "-c", code], name)


@pytest.fixture(autouse=True)
def signals():
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_when_one_part_ends_by_itself_the_others_are_ended_and_it_is_an_error(capfd):
    assert supervise([python("print('gone')", "short"), python("import time; time.sleep(600)")]) == 1
    assert "short         | gone" in capfd.readouterr().out


def test_told_to_stop_all_parts_end_and_it_is_none():
    threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    assert supervise([python("import time; time.sleep(600)")] * 2) == 0


def test_what_fails_after_the_start_ends_the_parts_too(tmp_path):
    mark = tmp_path / "ended"
    told = f"lambda *_: (pathlib.Path({str(mark)!r}).touch(), sys.exit())"
    code = f"import pathlib, signal, sys, time\nsignal.signal(signal.SIGTERM, {told})"

    def fail() -> None:
        time.sleep(2)
        raise RuntimeError("no address")

    with pytest.raises(RuntimeError, match="no address"):
        supervise([python(f"{code}\ntime.sleep(600)")], fail)
    assert mark.exists()


class Site:
    """`manage.py up` as a process, with what it printed."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.lines = folder, []
        gone = {"DATABASE_URL": "", "REDIS_URL": ""}  # its own, whatever these tests run on
        self.environment = {**os.environ, "DEBUG": "1", "CHECKPOINT_ROOTS": str(folder), **gone}
        self.environment["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
        command = [sys.executable, "manage.py", "up", "--port", str(self.port), "--folder", str(folder)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True).start()

    @property
    def printed(self) -> str:
        return "".join(self.lines)

    def says(self, text: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while text not in self.printed:
            assert self.process.poll() is None and time.monotonic() < end, self.printed
            time.sleep(0.2)

    def manage(self, *arguments: str) -> str:
        addresses = (self.folder / "addresses").read_text()
        variables = dict(line.split("=", 1) for line in addresses.splitlines())
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def site(tmp_path):
    """A site of its own, of which nothing may be left: stopped as by Ctrl-C."""
    started = Site(tmp_path)
    try:
        started.says("Assay is ready on")
        yield started
    finally:
        started.process.send_signal(signal.SIGINT)
        code = started.process.wait(PATIENCE_S)
    assert code == 0 and "All parts have stopped." in started.printed
    with socket.socket() as gone:
        assert gone.connect_ex(("127.0.0.1", started.port)) != 0


@pytest.mark.services
@pytest.mark.timeout(900)
def test_the_whole_site_starts_works_a_run_off_and_stops(site):
    assert f"http://127.0.0.1:{site.port}/welcome/" in site.printed
    prompts = site.folder / "prompts.jsonl"
    starter = ROOT / "promptsets/library/starter/prompts.jsonl"
    prompts.write_text(starter.read_text().partition("\n")[0] + "\n")
    shutil.copytree(ROOT / "generation/library/recurrentgemma-late", site.folder / "tiny")
    site.manage("import_promptset", str(prompts), "--slug", "one")
    site.manage("register_checkpoint", "tiny", str(site.folder / "tiny"))
    site.manage("createsuperuser", "--noinput", "--username", "root", "--email", "root@example.org")
    made = site.manage(
        "make_api_token", "root", "t", "--scope", "read", "--scope", "runs:write", "--days", "1"
    )
    token = re.search(r"assay_[\w-]+", made)[0]
    with AssayClient(f"http://127.0.0.1:{site.port}", token) as client:
        run = client.start_run("tiny", "one", sampling={"max_new_tokens": 8})
        progress = client.wait_for_run(run["id"], timeout_s=PATIENCE_S, every_s=0.5)
    assert progress["run"]["present"] == 1
    beating = {file.stem for file in site.folder.glob("*.heartbeat")}
    assert {"worker-engine", "worker-light", "beat"} <= beating
