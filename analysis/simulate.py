"""Simulated judgments whose true win rate is known in closed form.

Latent model, one row per judgment i of prompt p by rater r:
    s = preference + u_p + v_r + position * side + e
    u_p ~ N(0, prompt_sd^2), v_r ~ N(0, rater_sd^2), e ~ N(0, 1)
    side is 1 where the candidate stands left and -1 where it stands right
    win if s > tie_threshold, loss if s < -tie_threshold, else tie
An ordered probit (Aitchison and Silvey 1957, Biometrika 44, 131-140) with crossed random effects.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

    from analysis.tables import JudgmentTable

Outcome = Literal["win", "tie", "loss"]
Side = Literal["left", "right"]

NORMAL = NormalDist()


@dataclass(frozen=True)
class SimulatedTruth:
    """The latent model's parameters; rates are for new prompts and new raters, sides half and half."""

    preference: float
    position: float = 0.0
    tie_threshold: float = 0.35
    prompt_sd: float = 0.9
    rater_sd: float = 0.15

    def __post_init__(self) -> None:
        for name in ("tie_threshold", "prompt_sd", "rater_sd"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} is a number from 0 up, not {getattr(self, name)!r}")

    @classmethod
    def from_rates(
        cls,
        win_rate: float = 0.55,
        rater_sd: float = 0.15,
        position_bias: float = 0.05,
        tie_threshold: float = 0.35,
        prompt_sd: float = 0.9,
    ) -> SimulatedTruth:
        """The model with this true win rate and side bias, both on the share scale.

        Args: rater_sd, prompt_sd: latent standard deviations, in units of one judgment's own noise.
            position_bias: 0.05 means that between two equally good checkpoints (preference 0, over all
            prompts and raters) the response on the left has a win rate of 0.55.
        """
        if not 0 < win_rate < 1:
            raise ValueError(f"win_rate lies between 0 and 1, both excluded, not {win_rate!r}")
        if not -0.5 < position_bias < 0.5:
            raise ValueError(f"position_bias lies between -0.5 and 0.5, both excluded, not {position_bias!r}")
        level = cls(0.0, 0.0, tie_threshold, prompt_sd, rater_sd)
        position = _solved(level.rate_at, 0.5 + position_bias) if position_bias else 0.0
        preference = _solved(
            lambda mean: (level.rate_at(mean + position) + level.rate_at(mean - position)) / 2, win_rate
        )
        return cls(preference, position, tie_threshold, prompt_sd, rater_sd)

    @property
    def win_rate(self) -> float:
        return (
            self.rate_at(self.preference + self.position) + self.rate_at(self.preference - self.position)
        ) / 2

    @property
    def first_shown_win_rate(self) -> float:
        """Of the response on the left, candidate or not."""
        return (
            self.rate_at(self.position + self.preference) + self.rate_at(self.position - self.preference)
        ) / 2

    @property
    def tie_share(self) -> float:
        return (
            sum(
                self._share_below(self.tie_threshold, mean) - self._share_below(-self.tie_threshold, mean)
                for mean in (self.preference + self.position, self.preference - self.position)
            )
            / 2
        )

    def rate_at(self, mean: float) -> float:
        """Expected win rate where preference and position add up to `mean`."""
        return (
            1
            - (self._share_below(self.tie_threshold, mean) + self._share_below(-self.tie_threshold, mean)) / 2
        )

    def outcome(self, latent: float) -> Outcome:
        if latent > self.tie_threshold:
            return "win"
        return "loss" if latent < -self.tie_threshold else "tie"

    def to_dict(self) -> dict[str, float]:
        """Parameters and the rates they imply, for JSON."""
        rates = ("win_rate", "tie_share", "first_shown_win_rate")
        return asdict(self) | {name: getattr(self, name) for name in rates}

    def _share_below(self, threshold: float, mean: float) -> float:
        return NORMAL.cdf((threshold - mean) / math.sqrt(1 + self.prompt_sd**2 + self.rater_sd**2))


@dataclass(frozen=True)
class SimulatedRaters:
    """Raters who can be asked one judgment at a time, in any order, and always answer the same.

    Each effect is a normal number from its own stream: SHA-256 of (seed, kind, key). The effect of a prompt
    depends on seed and prompt alone, of a rater on seed and number, the noise on seed, rater and prompt.
    """

    truth: SimulatedTruth
    seed: int

    def outcome(self, rater: int, prompt: str, side: Side) -> Outcome:
        """What rater number `rater` says of `prompt` when the candidate stands on `side`."""
        truth = self.truth
        place = {"left": 1, "right": -1}[side]
        return truth.outcome(
            truth.preference
            + truth.prompt_sd * _prompt_effect(self.seed, prompt)
            + truth.rater_sd * _rater_effect(self.seed, rater)
            + truth.position * place
            + standard_normal(self.seed, "judgment", rater, prompt)
        )


def simulate_table(
    rng: np.random.Generator, prompts: int, ratings: int, raters: int, truth: SimulatedTruth
) -> JudgmentTable:
    """A whole study: `ratings` distinct random raters for each prompt, sides balanced inside a prompt."""
    import numpy as np

    from analysis.tables import JudgmentTable, Labelled

    if prompts < 2 or not 1 <= ratings <= raters:
        raise ValueError(
            f"{prompts} prompts x {ratings} ratings by {raters} raters: 2 prompts or more, ratings <= raters"
        )
    rater = np.sort(np.argsort(rng.random((prompts, raters)), axis=1)[:, :ratings], axis=1)
    first = rng.integers(0, 2, (prompts, 1))
    side = np.where((np.argsort(rng.random(rater.shape), axis=1) + first) % 2 == 0, 1, -1)
    latent = (
        truth.preference
        + rng.normal(0, truth.prompt_sd, (prompts, 1))
        + rng.normal(0, truth.rater_sd, raters)[rater]
        + truth.position * side
        + rng.normal(size=rater.shape)
    )
    points = (
        1 + (latent > truth.tie_threshold).astype(np.int8) - (latent < -truth.tie_threshold).astype(np.int8)
    )
    used, codes = np.unique(rater.ravel(), return_inverse=True)
    return JudgmentTable(
        prompt=Labelled(np.repeat(np.arange(prompts), ratings), tuple(f"p{i:08d}" for i in range(prompts))),
        rater=Labelled(codes.astype(np.intp), tuple(f"r{j:08d}" for j in used.tolist())),
        points=points.ravel(),
        side=side.ravel().astype(np.int8),
    )


def standard_normal(*key: str | int) -> float:
    """The N(0, 1) number that belongs to this key, the same on every machine and in every order of asking."""
    digest = hashlib.sha256(json.dumps(key).encode()).digest()
    return NORMAL.inv_cdf(((int.from_bytes(digest[:8]) >> 12) + 0.5) / 2**52)


@lru_cache(maxsize=100_000)
def _prompt_effect(seed: int, prompt: str) -> float:
    return standard_normal(seed, "prompt", prompt)


@lru_cache(maxsize=100_000)
def _rater_effect(seed: int, rater: int) -> float:
    return standard_normal(seed, "rater", rater)


def _solved(rising: Callable[[float], float], target: float) -> float:
    """Where a rising function takes the value `target`, by bisection to the last digit."""
    low, high = -1.0, 1.0
    while rising(low) > target:
        low *= 2
    while rising(high) < target:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2
