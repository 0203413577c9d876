"""The whole job on the production stack: Celery's workers generate, simulated raters judge, both rates are printed.

PostgreSQL and Valkey are this run's own. The library's prompts go to three tiny checkpoints of the RecurrentGemma,
Gemma and Mistral shapes; the first two stand against the third with three simulated ratings a comparison. Each step's
wall time and peak memory are shown; at the end the ledgers are counted: what was lost, doubled, or left.

    python -m benchmarks.full_job [--prompts 40 --tokens 128 --workers 1]
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from rich.console import Console
from rich.table import Table

from benchmarks.full_job_counts import counted

ROOT = Path(__file__).resolve().parents[1]
SETS = ("safety", "instruction")
CANDIDATES, BASELINE = (
    {"recurrentgemma-late": 0.6, "gemma": 0.5},
    "mistral",
)  # with the win rate that raters see
POLL_S = 0.5


@dataclass(frozen=True)
class Step:
    """What one step took."""

    command: str
    wall_s: float
    peak_mb: float
    cpu_s: float


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prompts", type=int, help="of each set the first so many; by default all")
    parser.add_argument("--tokens", type=int, default=128, help="of each response at most")
    parser.add_argument("--workers", type=int, default=1, help="Celery's, for generation")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        start_django(stack, folder)
        steps = [measured(command) for command in preparing(folder, options.prompts)]
        generated = generating(options)
        steps += [generated, *judging()]
        show(steps)
        subprocess.run([sys.executable, "manage.py", "report", *slugs(), "--paper"], cwd=ROOT, check=True)
        for line in counted(generated.wall_s):
            print(line)


def start_django(stack: ExitStack, folder: Path) -> None:
    """Django here and in the processes to come, on a PostgreSQL and a Valkey that end with the stack."""
    from tests.services import postgresql, valkey

    sys.path.insert(0, str(ROOT / "platform"))
    os.environ |= {
        "DEBUG": "1",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": stack.enter_context(postgresql(folder)),
        "REDIS_URL": stack.enter_context(valkey(folder)),
        "CHECKPOINT_ROOTS": str(ROOT / "generation/library"),
        "ENGINE_CACHE": str(folder / "compiled"),
        "DJANGO_SETTINGS_MODULE": "assay.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
    }
    django.setup()


def preparing(folder: Path, prompts: int | None) -> list[list[str]]:
    commands = [["migrate", "--verbosity", "0"]]
    for name in SETS:
        lines = (ROOT / f"promptsets/library/{name}/prompts.jsonl").read_text().splitlines(keepends=True)
        (folder / f"{name}.jsonl").write_text("".join(lines[:prompts]))
        commands.append(["import_promptset", str(folder / f"{name}.jsonl"), "--slug", name])
    for name in (*CANDIDATES, BASELINE):
        commands.append(["register_checkpoint", name, str(ROOT / "generation/library" / name)])
    return commands


def measured(command: list[str], **environment: str) -> Step:
    """Runs the command and waits for it. Raises: CalledProcessError if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command], cwd=ROOT, env={**os.environ, **environment}
    )
    return ended(process, " ".join(command[:2]), started)


def ended(process: "subprocess.Popen[bytes]", name: str, started: float) -> Step:
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, name)
    cpu_s = usage.ru_utime + usage.ru_stime
    return Step(name, time.perf_counter() - started, usage.ru_maxrss / 1024, cpu_s)


def generating(options: argparse.Namespace) -> Step:
    """All runs planned at once; Celery's workers are woken by messages and share the chunks."""
    from generation.models import Checkpoint, Chunk
    from generation.runs import plan_run
    from generation.sampling import Sampling
    from promptsets.naming import version_named

    command = [sys.executable, "-m", "celery", "-A", "assay", "worker", "--queues", "generation"]
    command += ["--pool", "solo", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    workers = [
        subprocess.Popen([*command, "--hostname", f"worker{number}@%h"], cwd=ROOT)
        for number in range(options.workers)
    ]
    started = time.perf_counter()
    for name in SETS:
        for checkpoint in Checkpoint.objects.all():
            plan_run(checkpoint, version_named(name), Sampling(max_new_tokens=options.tokens))
    while Chunk.objects.filter(status__in=["queued", "leased"]).exists():
        time.sleep(POLL_S)
    generated_s = time.perf_counter() - started
    for worker in workers:
        worker.terminate()
    done = [ended(worker, "generate", started) for worker in workers]
    cpu_s = sum(step.cpu_s for step in done)
    return Step("generate", generated_s, sum(step.peak_mb for step in done), cpu_s)


def judging() -> list[Step]:
    """One study for each candidate and set, judged by simulated raters whose truth is known."""
    steps = []
    for number, slug in enumerate(slugs()):
        name, candidate = slug.split("-", 1)
        open_study_of(name, candidate, slug)
        rate = str(CANDIDATES[candidate])
        steps.append(measured(["simulate_raters", slug, "--win-rate", rate, "--seed", str(number)]))
    return steps


def slugs() -> list[str]:
    return [f"{name}-{candidate}" for name in SETS for candidate in CANDIDATES]


def open_study_of(name: str, candidate: str, slug: str) -> Any:
    from assay.evaluations.evaluating import Question, open_study
    from generation.models import GenerationRun

    runs = {
        run.checkpoint.name: run
        for run in GenerationRun.objects.filter(prompt_set_version__prompt_set__slug=name)
    }
    arms = {"candidate": runs[candidate], "baseline": runs[BASELINE]}
    question = Question(runs[BASELINE].prompt_set_version, *(run.checkpoint for run in arms.values()))
    return open_study(question, arms, slug)


def show(steps: list[Step]) -> None:
    table = Table(title="The whole job, step by step")
    for heading in ("step", "wall, s", "peak memory, MB"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for step in steps:
        table.add_row(step.command, f"{step.wall_s:.1f}", f"{step.peak_mb:.0f}")
    table.add_row("all", f"{sum(step.wall_s for step in steps):.1f}", f"{max(s.peak_mb for s in steps):.0f}")
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
