"""How often each kind of interval holds the truth, and how wide it is, over simulated studies: `make coverage-study`.

Every design has a known truth, for new prompts and new raters (analysis/designs.py). A run is one study with its own
seed; each interval is asked whether it holds the truth. Writes a Markdown table.

    python -m benchmarks.coverage [--runs 3000] [--out benchmarks/coverage.md]
"""

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from analysis.designs import DESIGNS, Design
from analysis.linear import Linear
from analysis.proportions import Interval, normal_quantile, t_quantile
from analysis.published import paper_win_rate
from analysis.tables import JudgmentTable
from analysis.variance import Evenness, Variance, two_way_variance
from analysis.win_rate import estimated
from benchmarks.coverage_judges import judges_table

LEVEL = 0.95
RAW = (
    "The first three are about the raw mean, and so carry the raters' side bias where the candidate stood left in "
    "70 %; the others are about the headline's value, which averages both sides there."
)
Method = Callable[[JudgmentTable, Linear, np.random.Generator], Interval]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3000)
    parser.add_argument("--out", type=Path, help="write the table here, not on the screen alone")
    options = parser.parse_args(arguments)
    rows = [row(design, options.runs) for design in track(DESIGNS, "Simulating")]
    text = table(rows, options.runs) + "\n\n" + judges_table(options.runs)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


def row(design: Design, runs: int) -> dict[str, tuple[float, float]]:
    """Of each method: the share of runs whose interval held the truth, and the mean width."""
    truth = design.truth().win_rate
    held, width = np.zeros(len(METHODS)), np.zeros(len(METHODS))
    for seed in range(runs):
        rng = np.random.default_rng((seed, DESIGNS.index(design)))
        study = design.simulated(rng)
        linear = estimated(study, "prompts")
        ends = [method(study, linear, rng) for method in METHODS.values()]
        held += [end.low <= truth <= end.high for end in ends]
        width += [end.high - end.low for end in ends]
    return dict(zip(METHODS, zip(held / runs, width / runs, strict=True), strict=True))


def table(rows: Sequence[dict[str, tuple[float, float]]], runs: int) -> str:
    error = 100 * math.sqrt(LEVEL * (1 - LEVEL) / runs)
    lines = [
        f"Coverage in percent, and mean width in points, of 95 % intervals over {runs} runs a design "
        f"(a true 95 % comes out within {1.96 * error:.1f} points of itself in 95 % of designs):",
        "",
        f"| design | {' | '.join(METHODS)} |",
        f"|---|{'---|' * len(METHODS)}",
    ]
    for design, found in zip(DESIGNS, rows, strict=True):
        cells = (f"{100 * held:.1f} ({100 * width:.1f})" for held, width in found.values())
        lines.append(f"| {design.name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", RAW])


def headline(study: JudgmentTable, linear: Linear, rng: np.random.Generator) -> Interval:
    found = linear.share("prompts", LEVEL)
    return Interval(found.low, found.high)


def prompt_only(study: JudgmentTable, linear: Linear, rng: np.random.Generator) -> Interval:
    found = linear.share("prompts", LEVEL, new_raters=False)
    return Interval(found.low, found.high)


def published(study: JudgmentTable, linear: Linear, rng: np.random.Generator) -> Interval:
    losses, ties, wins = np.bincount(study.points, minlength=3).tolist()
    found = paper_win_rate(wins, ties, losses, LEVEL)
    return Interval(found.low, found.high)


def independent(study: JudgmentTable, linear: Linear, rng: np.random.Generator) -> Interval:
    y = study.points / 2
    return around(float(y.mean()), normal_quantile(LEVEL) * float(y.std(ddof=1)) / math.sqrt(len(y)))


def prompt_t(study: JudgmentTable, linear: Linear, rng: np.random.Generator) -> Interval:
    variance = linear.prompt_only
    return around(linear.value, t_quantile(LEVEL, variance.df) * variance.se)


def two_way_t(study: JudgmentTable, linear: Linear, rng: np.random.Generator) -> Interval:
    fewest = min(len(study.prompt), len(study.rater)) - 1
    return around(linear.value, t_quantile(LEVEL, fewest) * usual_two_way(linear).se)


def two_way_satterthwaite(study: JudgmentTable, linear: Linear, rng: np.random.Generator) -> Interval:
    variance = usual_two_way(linear)
    return around(linear.value, t_quantile(LEVEL, variance.df) * variance.se)


def usual_two_way(linear: Linear) -> Variance:
    """As if all raters had done alike: without the headline's jackknife where a few did most."""
    raters = len(linear.rater)
    alike = Evenness(float(raters), raters)
    return two_way_variance(linear.influence, linear.weights, linear.prompt, linear.rater, even=alike)


def bootstrap(study: JudgmentTable, linear: Linear, rng: np.random.Generator) -> Interval:
    """Percentiles of 500 resamples of prompts; prompts with the same mean are drawn together."""
    prompts = len(study.prompt)
    means: NDArray[np.float64] = np.bincount(study.prompt.codes, study.points / 2) / study.prompt.counts()
    values, counts = np.unique(means, return_counts=True)
    drawn = rng.multinomial(prompts, counts / prompts, 500) @ values / prompts
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]).tolist()
    return Interval(low, high)


def around(value: float, half: float) -> Interval:
    return Interval(value - half, value + half)


METHODS: dict[str, Method] = {
    "independent, Wald": independent,
    "pooled Wilson (published)": published,
    "prompt bootstrap": bootstrap,
    "prompt cluster, t": prompt_t,
    "prompt-only (these raters)": prompt_only,
    "two-way, t(min - 1)": two_way_t,
    "two-way, t(Satterthwaite)": two_way_satterthwaite,
    "**headline**": headline,
}

if __name__ == "__main__":
    main()
