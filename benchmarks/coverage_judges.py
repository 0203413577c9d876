"""How often the prediction-powered interval holds the truth, with a good, a biased and a useless judge.

The studies are those of `analysis/designs.py`: 400 prompts judged by raters, drawn at random from 1,600 that the judge
has seen. One of four judgments of each prompt is taken for the judge's and the other three for raters', so that a good
judge knows what one more person would say.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from analysis.designs import Design
from analysis.prediction_powered import PredictionPowered, prediction_powered
from analysis.tables import JudgmentTable

DESIGN = Design("1600x4, 20 raters, sr .15", 1600, 4, 20, 0.15)
RATED = 400
TURNED = 0.5  # share of its losses and ties that the biased judge calls wins
JUDGES = ("good", "biased", "useless")


def judges_table(runs: int) -> str:
    """Coverage, width and width beside raters alone, a row for each judge, in Markdown."""
    truth = DESIGN.truth().win_rate
    lines = [
        f"Prediction-powered (PPI++) at 95 % over {runs} runs: {RATED} prompts by 3 of 20 raters, sr .15, and a judge "
        f"on {DESIGN.prompts}; true win rate {100 * truth:.1f} %:",
        "",
        "| judge | coverage (width) | raters alone | judge alone says | width beside raters alone |",
        "|---|---|---|---|---|",
    ]
    for judge in JUDGES:
        found = [studied(judge, seed) for seed in track(range(runs), f"Judge: {judge}")]
        lines.append(f"| {judge} | {_row(found, truth)} |")
    return "\n".join(lines)


def studied(judge: str, seed: int) -> PredictionPowered:
    rng = np.random.default_rng((seed, JUDGES.index(judge), 29))
    table = DESIGN.simulated(rng)
    taken = _one_of_each_prompt(table, rng)
    rated = np.isin(table.prompt.codes, rng.choice(DESIGN.prompts, RATED, replace=False))
    return prediction_powered(table.rows(rated & ~taken), _verdicts(judge, table.rows(taken), rng))


def _one_of_each_prompt(table: JudgmentTable, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The judgments are sorted by prompt, each with as many."""
    taken = np.zeros(len(table), np.bool_)
    taken[np.arange(DESIGN.prompts) * DESIGN.ratings + rng.integers(0, DESIGN.ratings, DESIGN.prompts)] = True
    return taken


def _verdicts(judge: str, table: JudgmentTable, rng: np.random.Generator) -> Mapping[str, float]:
    said = table.points / 2
    if judge == "biased":
        said = np.where(rng.random(len(said)) < TURNED, 1.0, said)
    if judge == "useless":
        said = rng.integers(0, 3, len(said)) / 2
    return dict(zip(table.prompt.values(), said.tolist(), strict=True))


def _row(found: Sequence[PredictionPowered], truth: float) -> str:
    def shown(kind: str) -> str:
        ends = [getattr(one, kind) for one in found]
        held = np.mean([end.low <= truth <= end.high for end in ends])
        return f"{100 * held:.1f} ({100 * np.mean([end.high - end.low for end in ends]):.1f})"

    alone, ratio = (np.mean([getattr(one, name) for one in found]) for name in ("judge_alone", "width_ratio"))
    return f"{shown('win_rate')} | {shown('raters_alone')} | {100 * alone:.1f} | {ratio:.2f}"
