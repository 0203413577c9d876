"""`python -m generation.training.appearing --out DIR`: a small training run for a series that watches DIR.

Four checkpoints of a tiny Gemma appear there as training reaches them. The third is made worse on purpose, so that
whoever watches has a regression to find.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from generation.training.learning import Progress
from generation.training.making import make
from generation.training.plans import PLANS

STEPS, SPOILED = (45, 60, 80, 100), 80
PLAN = replace(
    next(plan for plan in PLANS if plan.series == "tiny-gemma"),
    series="appearing",
    kept={step: f"step-{step:06d}" for step in STEPS},
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m generation.training.appearing", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    out = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    make(PLAN, out, tell, spoiled={SPOILED})
    return 0


def tell(progress: Progress) -> None:
    if progress.step in PLAN.kept:
        print(f"step {progress.step}: loss {progress.loss:.3f}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
