"""From a checkpoint's appearance in a watched folder to its finished generation, beside generation alone.

A worker watches a folder; a tiny checkpoint of the library is copied into it, and each stage is timed by the rows
that it leaves. Beside it stands the same generation asked for directly of the same worker: what watching adds is the
difference.

    python -m benchmarks.appearance [--rounds 3 --tokens 64]
"""

import argparse
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import django
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
STARTER = ROOT / "promptsets/library/starter/prompts.jsonl"
LOOK_S, SWEEP_S = 1, 0.5
PATIENCE_S = 600


@dataclass(frozen=True)
class Round:
    """Seconds from the copy's end to each stage, and of the same generation asked for directly."""

    seen_whole: float
    registered: float
    generated: float
    directly: float


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=64, help="of each reply at most")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start_django(folder)
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--sweep-every", str(SWEEP_S)], cwd=ROOT
        )
        try:
            warm_up(folder, options.tokens)
            rounds = [one_round(folder, number, options.tokens) for number in range(options.rounds)]
        finally:
            worker.terminate()
            worker.wait()
    show(rounds, options.tokens)


def start_django(folder: Path) -> None:
    os.environ |= {
        "DEBUG": "1",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": f"sqlite:///{folder / 'appearance.sqlite3'}",
        "CHECKPOINT_ROOTS": str(folder),
        "ENGINE_CACHE": str(folder / "compiled"),
        "DJANGO_SETTINGS_MODULE": "assay.settings",
    }
    django.setup()
    from django.core.management import call_command

    from generation.series import watch

    call_command("migrate", verbosity=0)
    call_command("import_promptset", str(STARTER), slug="starter", verbosity=0)
    (folder / "runs").mkdir()
    watch("runs", str(folder / "runs"), every_s=LOOK_S)


def warm_up(folder: Path, tokens: int) -> None:
    """Programs are compiled once, before anything is timed; and the baseline gets its responses."""
    from assay.evaluations.models import EvaluationVersion
    from assay.evaluations.planning import make_plan
    from generation.models import CheckpointSeries
    from generation.sampling import Sampling
    from promptsets.naming import version_named

    baseline = directly(folder, "warm", tokens)
    terms = EvaluationVersion(baseline=baseline, sampling=Sampling(max_new_tokens=tokens).to_json())
    make_plan("nightly", CheckpointSeries.objects.get(), terms, [version_named("starter")])


def one_round(folder: Path, number: int, tokens: int) -> Round:
    from assay.evaluations.models import EvaluationStep
    from generation.models import Sighting

    path = copy_of(folder / "runs" / f"step-{number + 1:06d}", number * 2)
    appeared = time.time()
    step = EvaluationStep.objects.filter(name="generate", run__checkpoint__sighting__name=path.name)
    wait_for(lambda: step.filter(status="done").exists())
    seen = Sighting.objects.get(name=path.name)
    started = time.time()
    directly(folder, f"direct-{number}", tokens, number * 2 + 1)
    return Round(
        seen_whole=seen.ready_at.timestamp() - appeared,
        registered=seen.ended_at.timestamp() - appeared,
        generated=step.get().finished_at.timestamp() - appeared,
        directly=time.time() - started,
    )


def directly(folder: Path, name: str, tokens: int, salt: int = -1):
    """Registers a checkpoint, plans its run and waits for the worker, with nobody watching."""
    from generation.models import Chunk
    from generation.registering import register
    from generation.runs import plan_run
    from generation.sampling import Sampling
    from promptsets.naming import version_named

    made = register(name, str(copy_of(folder / name, salt))).checkpoint
    run = plan_run(made, version_named("starter"), Sampling(max_new_tokens=tokens))
    wait_for(lambda: not Chunk.objects.filter(run=run).exclude(status="done").exists())
    return made


def copy_of(target: Path, salt: int) -> Path:
    """A checkpoint with a digest of its own: the same weights, and a configuration that says one thing more."""
    shutil.copytree(ROOT / "generation/library/gemma", target)
    stated = (target / "generation_config.json").read_text().rstrip().removesuffix("}")
    (target / "generation_config.json").write_text(f'{stated}, "salt": {salt}}}')
    return target


def wait_for(holds: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > ends_at:
            raise TimeoutError("the worker did not come to an end")
        time.sleep(0.05)


def show(rounds: Sequence[Round], tokens: int) -> None:
    table = Table(title=f"From appearance to finished generation: 40 prompts, {tokens} tokens at most")
    for heading in ("stage", "median, s", "range, s"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    stages = {
        f"seen whole (two looks, {LOOK_S} s apart)": [one.seen_whole for one in rounds],
        "registered": [one.registered for one in rounds],
        "all responses there": [one.generated for one in rounds],
        "generation asked for directly": [one.directly for one in rounds],
        "ratio": [one.generated / one.directly for one in rounds],
    }
    for stage, values in stages.items():
        table.add_row(stage, f"{statistics.median(values):.2f}", f"{min(values):.2f}-{max(values):.2f}")
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
