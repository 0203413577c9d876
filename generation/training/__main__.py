"""`python -m generation.training [--out DIR]`: trains the tiny checkpoints of the library, in minutes on two cores."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from generation.training import making
from generation.training.plans import PLANS, Plan


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m generation.training", description=__doc__)
    parser.add_argument(
        "--out",
        type=Path,
        default=making.LIBRARY,
        metavar="DIR",
        help="default: where the repository has them",
    )
    out = parser.parse_args(arguments).out
    with _bars() as bars:
        kept = [one for plan in PLANS for one in _make(plan, out, bars)]
    making.write_manifest(out, kept)
    print(f"{len(kept)} checkpoints and {making.MANIFEST} written to {out}", file=sys.stderr)
    return 0


def _make(plan: Plan, out: Path, bars: Progress) -> list[making.Kept]:
    bar = bars.add_task(plan.series, total=plan.steps, loss="")
    return making.make(
        plan, out, lambda now: bars.update(bar, completed=now.step, loss=f"loss {now.loss:.4f}")
    )


def _bars() -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[loss]}"), TimeElapsedColumn())
    return Progress(TextColumn("{task.description}"), *columns, console=Console(stderr=True))


if __name__ == "__main__":
    sys.exit(main())
