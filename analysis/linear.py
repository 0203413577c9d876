"""An estimate that is a sum over judgments, with the one variance that every interval here is built on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.columns import Labelled
from analysis.differences import Difference, difference
from analysis.estimates import Estimate, Weighting, effective_n, effective_wilson
from analysis.influence import FEW_RATERS
from analysis.variance import (
    Evenness,
    Floats,
    Variance,
    evenness,
    prompt_variance,
    two_way_variance,
    without_each,
)
from analysis.wording import counted

TWO_WAY = "two-way prompt x rater, effective-n Wilson"
PROMPT_ONLY = "prompt-clustered, effective-n Wilson"
TWO_WAY_T = "two-way prompt x rater, Student's t"
PROMPT_ONLY_T = "prompt-clustered, Student's t"


@dataclass(frozen=True, eq=False)
class Linear:
    """A value and what each judgment moved it by (its influence; they sum to zero).

    `weights` sum to one and tell how lopsided the raters' shares are; rows may repeat a prompt-rater cell.
    Where it is not one weighted mean, `left_out` is what leaving each rater out changes the value by, and
    `least_even` how even the raters' shares are in the part of it where they are least so.
    """

    value: float
    influence: Floats
    weights: Floats
    prompt: Labelled
    rater: Labelled
    left_out: Floats | None = None
    least_even: Evenness | None = None

    @property
    def new_raters(self) -> bool:
        """Whether the variance also holds for new raters: not with fewer than five."""
        return len(self.rater) >= FEW_RATERS

    @cached_property
    def variance(self) -> Variance:
        """For new prompts and new raters, or, with fewer than five raters, for new prompts and these raters."""
        if not self.new_raters:
            return self.prompt_only
        return two_way_variance(
            self.influence, self.weights, self.prompt, self.rater, self.left_out, self.even
        )

    @property
    def without_raters(self) -> Floats:
        """What the value loses where each rater is left out, the others' weights rescaled."""
        if self.left_out is not None:
            return self.left_out
        return without_each(self.influence, self.weights, self.rater)

    @cached_property
    def prompt_only(self) -> Variance:
        return prompt_variance(self.influence, self.prompt)

    @cached_property
    def even(self) -> Evenness:
        return self.least_even or evenness(self.weights, self.rater)

    def times(self, factor: float) -> Linear:
        return Linear(factor * self.value, factor * self.influence, self.weights, self.prompt, self.rater)

    def share(self, weighting: Weighting, level: float, *, new_raters: bool = True) -> Estimate:
        """The value as a share in [0, 1], with Wilson's interval on the effective number of trials."""
        drawn = new_raters and self.new_raters
        variance = self.variance if drawn else self.prompt_only
        n_eff = effective_n(self.value, variance.value, len(self.influence), len(self.prompt))
        method = TWO_WAY if drawn else PROMPT_ONLY
        return effective_wilson(self.value, variance, n_eff, level=level, method=method, weighting=weighting)

    def difference(self, level: float, *, against: float = 0.0) -> Difference:
        """The value less `against`, with Student's interval, which may take any sign."""
        method = TWO_WAY_T if self.new_raters else PROMPT_ONLY_T
        return difference(self.value - against, self.variance, level, method)


def mean(y: Floats, weights: Floats, prompt: Labelled, rater: Labelled) -> Linear:
    """The weighted mean of `y`; influence w (y - mean), for weights that sum to one.

    Source: docs/statistics.md, "Win rate".
    """
    value = weighted_mean(y, weights)
    return Linear(value, weights * (y - value), weights, prompt, rater)


def weighted_mean(y: Floats, weights: Floats) -> float:
    """For weights that sum to one; rounding does not leave unanimous values at 0.9999999999999999."""
    return float(y[0]) if np.all(y == y[0]) else float(np.sum(weights * y))


def ratio(top: Linear, bottom: Linear) -> Linear:
    """The one value by the other, of the same judgments: influence (ψ_top - value ψ_bottom) / bottom.

    Raises: ZeroDivisionError where the bottom is nothing.
    Source: Cochran (1977), Sampling Techniques, 3rd ed., section 6.3.
    """
    value = top.value / bottom.value
    influence = (top.influence - value * bottom.influence) / bottom.value
    others = bottom.value - bottom.without_raters
    ratios = np.divide(
        top.value - top.without_raters, others, out=np.full_like(others, value), where=others > 0
    )
    return Linear(value, influence, top.weights, top.prompt, top.rater, value - ratios)


def row_weights(prompt: Labelled, weighting: Weighting) -> Floats:
    """Weights that sum to one: each prompt counts once, or each judgment.  Raises: ValueError on another."""
    n = len(prompt.codes)
    if weighting == "judgments":
        return np.full(n, 1 / n)
    if weighting == "prompts":
        return 1 / (len(prompt) * prompt.counts()[prompt.codes])
    raise ValueError(f'weighting is "prompts" or "judgments", not {weighting!r}')


def not_estimable(raters: int) -> str:
    """What is to be said where there are too few raters."""
    return (
        f"{counted(raters, 'rater')}: rater sampling not estimable; "
        "the interval holds for new prompts and these raters"
    )


def rater_notes(estimate: Linear) -> list[str]:
    """Where the variance is not the plain two-way one: fewer than five raters, or a few who did most."""
    notes, even = [], estimate.even
    if not estimate.new_raters:
        notes.append(not_estimable(len(estimate.rater)))
    if estimate.variance.lopsided:
        notes.append(
            f"few raters did most: {even.raters} raters count as {even.effective:.1f}; "
            "the interval is by the leave-one-rater-out jackknife"
        )
    return notes
