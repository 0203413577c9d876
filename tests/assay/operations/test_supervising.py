"""Programs that live and end together: what a Procfile names, and that none is left when one has ended."""

import signal
import subprocess
import sys
import time

import pytest

from assay.operations import supervising
from assay.operations.supervising import Part, procfile, start, stop, supervise

STAYS = (sys.executable, "-c", "import time; time.sleep(60)")
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


@pytest.fixture(autouse=True)
def own_signals():
    """The supervisor takes these over; the test's process has them back afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def started(monkeypatch) -> list[subprocess.Popen]:
    """Every program that the supervisor starts."""
    made: list[subprocess.Popen] = []

    def noted(part: Part) -> subprocess.Popen:
        made.append(start(part))
        return made[-1]

    monkeypatch.setattr(supervising, "start", noted)
    return made


def test_a_procfile_names_programs_with_their_words(tmp_path):
    file = tmp_path / "Procfile"
    file.write_text("# parts\n\nweb: serve --port 80\nworker-light: work  \n")
    assert procfile(file) == {"web": ["serve", "--port", "80"], "worker-light": ["work"]}


@pytest.mark.parametrize("line", ["web serve", "Web: serve", "web:serve", " web: serve"])
def test_a_line_that_names_no_program_is_told_with_its_number(tmp_path, line):
    file = tmp_path / "Procfile"
    file.write_text(f"web: serve\n{line}\n")
    with pytest.raises(ValueError, match=r"Procfile, line 2: .* is not `name: command`"):
        procfile(file)


def test_where_one_part_ends_by_itself_the_others_are_ended_and_it_is_told(started):
    assert supervise([Part(STAYS), Part(("true",))]) == 1
    assert [process.poll() for process in started] == [-signal.SIGTERM, 0]


def test_whoever_is_told_to_stop_ends_all_parts_and_that_is_no_failure(started):
    assert supervise([Part(STAYS)], lambda: signal.raise_signal(signal.SIGTERM)) == 0
    assert started[0].poll() == -signal.SIGTERM


def test_what_goes_wrong_once_all_run_ends_them_too(started):
    def breaks() -> None:
        raise RuntimeError("nothing answers")

    with pytest.raises(RuntimeError, match="nothing answers"):
        supervise([Part(STAYS), Part(STAYS)], breaks)
    assert [process.poll() for process in started] == [-signal.SIGTERM] * 2


def test_a_part_that_does_not_listen_is_ended_all_the_same(monkeypatch):
    monkeypatch.setattr(supervising, "STOP_WITHIN_S", 0.1)
    deaf = subprocess.Popen((sys.executable, "-c", DEAF), stdout=subprocess.PIPE, text=True)
    assert deaf.stdout.readline() == "up\n"
    stop([deaf])
    assert deaf.poll() == -signal.SIGKILL


def test_lines_of_a_part_stand_behind_its_name_and_its_environment_is_over_ours(monkeypatch, capfd):
    monkeypatch.setenv("COLOUR", "grey")
    tells = (sys.executable, "-c", "import os, sys; print(os.environ['COLOUR']); print('!', file=sys.stderr)")
    process = start(Part(tells, "web", {"COLOUR": "blue"}))
    process.wait(10)
    until, told = time.monotonic() + 5, ""
    while told.count("\n") < 2 and time.monotonic() < until:
        told += capfd.readouterr().out
    assert sorted(told.splitlines()) == ["web           | !", "web           | blue"]
