"""Speed and memory of the analysis beside its peers, each in a process of its own, in one run.

    python -m benchmarks.analysis [--peers PYTHON] [--rounds 5]

Peers: SciPy's bootstrap (here), and, with --peers, a Python that has arena-rank, evalica and krippendorff. They pin
other versions of NumPy and JAX, so they live in an environment of their own: requirements-peers.lock. BLAS runs on one
thread for all. Times are medians of wall and CPU without the making of the data; memory is the peak of the process.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.analysis_tasks import TASKS

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", help="a Python with the peers installed")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    table = Table(
        "Task", "Contender", "Median", "CPU", "Peak MB", "Times ours", title="Analysis and its peers"
    )
    for task, contenders in TASKS.items():
        ours = None
        for name, contender in contenders.items():
            if contender.peer and not options.peers:
                table.add_row(task, name, "not run: --peers", "", "", "")
                continue
            python = options.peers if contender.peer else sys.executable
            found = measured(python, task, name, options.rounds)
            if isinstance(found, str):
                table.add_row(task, name, found, "", "", "")
                continue
            seconds, cpu, peak = found["median_s"], found["median_cpu_s"], found["peak_mb"]
            ours = ours or seconds
            table.add_row(task, name, shown(seconds), shown(cpu), f"{peak:.0f}", f"{seconds / ours:.1f}")
    Console(width=130).print(table)


def measured(python: str, task: str, contender: str, rounds: int) -> dict[str, float] | str:
    """Median seconds, of wall and of CPU, and peak megabytes; or what went wrong."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [python, "-m", "benchmarks.analysis_tasks", task, contender, str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed"])[-1][:60]
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def shown(seconds: float) -> str:
    return f"{1000 * seconds:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


if __name__ == "__main__":
    main()
