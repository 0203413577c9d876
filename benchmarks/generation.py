"""Generation on ragged work: ours beside its peers, and a step of decoding beside the bare products of its shapes.

    python -m benchmarks.generation [--family recurrentgemma] [--requests 128] [--slots 16 32] [--peers NAME=PYTHON]
    python -m benchmarks.generation --steps          one step at 1, 8, 16 and 64 slots
    python -m benchmarks.generation --growth         the last step of texts of 128 to 8,192 tokens

Useful tokens a second are the tokens asked for over the wall time of a warm pass; compile time is cold less warm. Each
contender runs in a process of its own, one after the other, on random float32 weights, once for each number of slots
(the peers' batch). Peers (DeepMind's sampler, transformers) need a Python that has them: --peers; --beside
names those to run.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.ragged import SHAPES, ragged

ROOT = Path(__file__).resolve().parents[1]
PEERS = {
    "recurrentgemma": ("deepmind", "transformers-static", "transformers-equal"),
    "gemma": ("transformers-static", "transformers-continuous"),
    "mistral": ("transformers-static", "transformers-continuous"),
}
SLOTS = (1, 8, 16, 64)
LENGTHS = (128, 512, 2048, 8192)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--family", choices=SHAPES, default="recurrentgemma")
    parser.add_argument("--requests", type=int, default=128)
    parser.add_argument("--slots", type=int, nargs="+", default=[16])
    parser.add_argument(
        "--peers", nargs="*", default=[], metavar="NAME=PYTHON", help="deepmind=…, transformers=…"
    )
    every = sorted({name for names in PEERS.values() for name in names})
    parser.add_argument("--beside", nargs="*", choices=every, default=every, help="these peers alone")
    parser.add_argument("--steps", action="store_true", help="measure single steps instead")
    parser.add_argument("--growth", action="store_true", help="measure ever longer texts instead")
    options = parser.parse_args(arguments)
    if options.steps:
        show_steps(options.family)
    elif options.growth:
        show_growth(options.family)
    else:
        pythons = dict(each.split("=", 1) for each in options.peers)
        beside = {
            name: pythons.get(name.partition("-")[0])
            for name in PEERS[options.family]
            if name in options.beside
        }
        show_passes(options.family, options.requests, options.slots, beside)


def show_passes(family: str, requests: int, all_slots: list[int], beside: dict[str, str | None]) -> None:
    """Each line as soon as it is there: a pass takes minutes, and some peers take many."""
    useful = ragged(requests).useful
    print(f"{family}: {requests} requests, {useful:,} tokens asked for, float32", flush=True)
    for slots in all_slots:
        work = [family, str(requests), str(slots)]
        ours = run([sys.executable, "-m", "benchmarks.generation_ours", "pass", *work])
        filled = f"prompt tokens fill {ours['prompt_fill']:.0%} of the places computed for them"
        print(f"  {slots} slots, ours: {told(ours, useful)}; {filled}", flush=True)
        for name, python in beside.items():
            if python is None:
                print(f"  {slots} slots, {name}: not run, it needs --peers", flush=True)
                continue
            peer = run([python, str(ROOT / "benchmarks" / "generation_peers.py"), name, *work])
            times = peer["warm_s"] / ours["warm_s"]
            print(f"  {slots} slots, {name}: {told(peer, useful)}; ours {times:.1f} times", flush=True)


def told(found: dict[str, Any], useful: int) -> str:
    speed, compile_s = useful / found["warm_s"], found["cold_s"] - found["warm_s"]
    return (
        f"{speed:.0f} useful tokens/s, {found['warm_s']:.1f} s warm, {compile_s:.1f} s of compiling, "
        f"{useful / found['computed']:.1%} of slot-steps useful, at most {found['peak_bytes'] / 1e9:.2f} GB"
    )


def show_steps(family: str) -> None:
    table = Table(title=f"{family}: one step of decoding, medians, float32")
    for heading in (
        "Slots",
        "Products ms",
        "Step ms",
        "Step / products",
        "Floor ms",
        "Tokens/s",
        "In int8 ms",
    ):
        table.add_column(heading, justify="right")
    found = run([sys.executable, "-m", "benchmarks.generation_ours", "steps", family, *map(str, SLOTS)])
    for row in found["steps"]:
        ratio = row["step_ms"] / row["products_ms"]
        numbers = (row["products_ms"], row["step_ms"], ratio, row["floor_ms"])
        rate = f"{1000 * row['slots'] / row['step_ms']:.0f}"
        int8 = f"{row['int8_ms']:.2f}"
        table.add_row(str(row["slots"]), *(f"{number:.2f}" for number in numbers), rate, int8)
    Console().print(table)


def show_growth(family: str) -> None:
    table = Table(title=f"{family}: the last step of a text, 4 slots, medians, float32")
    for heading in ("Tokens", "Step ms", "State of a slot, MB", "Compile s"):
        table.add_column(heading, justify="right")
    found = run([sys.executable, "-m", "benchmarks.generation_ours", "growth", family, *map(str, LENGTHS)])
    for row in found["growth"]:
        held = row["state_bytes"] / 1e6
        table.add_row(f"{row['length']:,}", f"{row['step_ms']:.2f}", f"{held:.2f}", f"{row['compile_s']:.1f}")
    Console().print(table)


def run(command: list[str]) -> dict[str, Any]:
    """The JSON object that the process prints last."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
