"""The main job, step by step: wall time and peak memory of each command, in a process and a database of its own.

python -m benchmarks.main_job                     a small set made here
python -m benchmarks.main_job --data FOLDER       AlpacaEval's files, with the folders prompts and responses as
                                                  published: responses/alpaca_eval/NAME/model_outputs.json
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
CANDIDATE, BASELINE = "gemma-2b-it", "Mistral-7B-Instruct-v0.2"


@dataclass(frozen=True)
class Step:
    """What one command took. Memory is the peak resident size of its process."""

    command: str
    wall_s: float
    peak_mb: float


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder with responses/alpaca_eval")
    parser.add_argument("--keep", type=Path, help="leave the database here, to look at it")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        candidate, baseline = real_files(options.data) if options.data else made_files(Path(name))
        database = options.keep or Path(name) / "main-job.sqlite3"
        show([measured(command, database) for command in commands(candidate, baseline)])


def real_files(data: Path) -> tuple[Path, Path]:
    folder = data / "responses/alpaca_eval"
    return folder / CANDIDATE / "model_outputs.json", folder / BASELINE / "model_outputs.json"


def made_files(folder: Path, prompts: int = 805) -> tuple[Path, Path]:
    """Two files in AlpacaEval's format, of its size, with text that says nothing."""
    for name, words in (("candidate", 150), ("baseline", 250)):
        rows = [
            {"instruction": f"Task {i}: " + "please " * 20, "output": f"Answer {i}. " + "word " * words}
            for i in range(prompts)
        ]
        (folder / f"{name}.json").write_text(json.dumps(rows))
    return folder / "candidate.json", folder / "baseline.json"


def commands(candidate: Path, baseline: Path) -> list[list[str]]:
    return [
        ["migrate", "--verbosity", "0"],
        ["import_promptset", str(candidate), "--slug", "main-job"],
        ["import_responses", str(candidate), "--prompt-set", "main-job", "--checkpoint", CANDIDATE],
        ["import_responses", str(baseline), "--prompt-set", "main-job", "--checkpoint", BASELINE],
        [
            "evaluate",
            "--prompt-set",
            "main-job",
            "--candidate",
            CANDIDATE,
            "--baseline",
            BASELINE,
            "--slug",
            "job",
        ],
        ["simulate_raters", "job"],
        ["report", "job"],
    ]


def measured(command: list[str], database: Path) -> Step:
    """Runs the command and waits for it. Raises: CalledProcessError if it fails."""
    environment = {
        **os.environ,
        "DEBUG": "1",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": f"sqlite:///{database.resolve()}",
    }
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - started
    if code := os.waitstatus_to_exitcode(status):
        raise subprocess.CalledProcessError(code, command)
    return Step(command[0], wall_s, usage.ru_maxrss / 1024)


def show(steps: list[Step]) -> None:
    table = Table(title="The main job, step by step")
    for heading in ("command", "wall, s", "peak memory, MB"):
        table.add_column(heading, justify="left" if heading == "command" else "right")
    for step in steps:
        table.add_row(step.command, f"{step.wall_s:.1f}", f"{step.peak_mb:.0f}")
    table.add_row("all", f"{sum(step.wall_s for step in steps):.1f}", f"{max(s.peak_mb for s in steps):.0f}")
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
