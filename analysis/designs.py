"""Designs of simulated studies whose truth is known: what coverage is measured on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Labelled
from analysis.simulate import SimulatedTruth
from analysis.tables import JudgmentTable

POSITION = 0.15  # latent; between equal checkpoints the left side wins about 54 %
BUSY_RATERS = 5


@dataclass(frozen=True)
class Design:
    """One kind of study. `ratings` are per prompt, by different raters.

    `uneven`: each prompt has 1 to 2·ratings - 1 of them.  `dropouts`: this share of judgments is never given.
    `busy_weight`: how much more often each of five raters is asked than each of the others; 1 is evenly.
    `left`: the chance that the candidate stands left, each time anew; None balances the sides inside each prompt.
    """

    name: str
    prompts: int
    ratings: int
    raters: int
    rater_sd: float
    win_rate: float = 0.598
    uneven: bool = False
    dropouts: float = 0.0
    busy_weight: float = 1.0
    left: float | None = None

    def truth(self) -> SimulatedTruth:
        """The latent model with prompt sd .9 and tie threshold .35."""
        level = SimulatedTruth(0.0, 0.0, rater_sd=self.rater_sd)
        bias = level.rate_at(POSITION) - 0.5
        return SimulatedTruth.from_rates(self.win_rate, self.rater_sd, bias)

    def simulated(self, rng: np.random.Generator) -> JudgmentTable:
        """A whole study. Prompts or raters that nobody judged or who judged nothing are not in it."""
        prompt, rater = self._assigned(rng)
        truth, n = self.truth(), len(prompt)
        side = (
            _balanced_sides(rng, prompt) if self.left is None else np.where(rng.random(n) < self.left, 1, -1)
        )
        latent = (
            truth.preference
            + rng.normal(0, truth.prompt_sd, self.prompts)[prompt]
            + rng.normal(0, truth.rater_sd, self.raters)[rater]
            + truth.position * side
            + rng.normal(size=n)
        )
        points = 1 + (latent > truth.tie_threshold).astype(np.int8) - (latent < -truth.tie_threshold)
        return JudgmentTable(
            prompt=_labelled(prompt, "p"),
            rater=_labelled(rater, "r"),
            points=points.astype(np.int8),
            side=side.astype(np.int8),
        )

    def _assigned(self, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Prompt and rater of each judgment, sorted by prompt."""
        weights = np.ones(self.raters)
        weights[:BUSY_RATERS] = self.busy_weight
        # The largest of log-weights plus Gumbel noise are a weighted draw without replacement.
        chosen = np.argsort(-np.log(weights) - rng.gumbel(size=(self.prompts, self.raters)), axis=1)
        counts = np.full(self.prompts, self.ratings)
        if self.uneven:
            counts = rng.integers(1, 2 * self.ratings, self.prompts)
        kept = np.arange(self.raters)[None, :] < counts[:, None]
        if self.dropouts:
            kept &= rng.random(kept.shape) >= self.dropouts
        prompt, place = np.nonzero(kept)
        return prompt, chosen[prompt, place]


# The designs of docs/statistics.md, "Coverage": sr is the raters' latent standard deviation.
DESIGNS = (
    Design("400x3, 20 raters, sr 0", 400, 3, 20, 0.0),
    Design("400x3, 20 raters, sr .15", 400, 3, 20, 0.15),
    Design("400x3, 20 raters, sr .3", 400, 3, 20, 0.3),
    Design("1000x2, 20 raters, sr 0", 1000, 2, 20, 0.0),
    Design("1000x2, 20 raters, sr .15", 1000, 2, 20, 0.15),
    Design("1000x2, 20 raters, sr .3", 1000, 2, 20, 0.3),
    Design("1000x2, 50 raters, sr .3", 1000, 2, 50, 0.3),
    Design("400x3, win rate .97", 400, 3, 20, 0.15, win_rate=0.97),
    Design("50x3, 6 raters", 50, 3, 6, 0.15),
    Design("50x3, 6 raters, win rate .97", 50, 3, 6, 0.15, win_rate=0.97),
    Design("400x1 to 5, unequal ratings", 400, 3, 20, 0.15, uneven=True),
    Design("400x3, 10% dropouts", 400, 3, 20, 0.15, dropouts=0.1),
    Design("400x3, 5 raters did 80%, sr .15", 400, 3, 20, 0.15, busy_weight=14.0),
    Design("400x3, 5 raters did 80%, sr .3", 400, 3, 20, 0.3, busy_weight=14.0),
    Design("400x3, candidate left in 70%", 400, 3, 20, 0.15, left=0.7),
    Design("slice 30x3, 20 raters", 30, 3, 20, 0.15),
)


def _balanced_sides(rng: np.random.Generator, prompt: NDArray[np.intp]) -> NDArray[np.intp]:
    """1 and -1 in turn inside each prompt, from a random start."""
    starts = np.flatnonzero(np.concatenate([[True], prompt[1:] != prompt[:-1]]))
    lengths = np.diff(np.append(starts, len(prompt)))
    place = np.arange(len(prompt)) - np.repeat(starts, lengths)
    first = np.repeat(rng.integers(0, 2, len(starts)), lengths)
    return np.where((place + first) % 2 == 0, 1, -1)


def _labelled(codes: NDArray[np.intp], letter: str) -> Labelled:
    used, dense = np.unique(codes, return_inverse=True)
    return Labelled(dense.astype(np.intp), tuple(f"{letter}{number:06d}" for number in used.tolist()))
