"""How precise a study will be before it is run, and how large it must be."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from analysis.moments import PRIOR, Moments
from analysis.proportions import normal_quantile

PROMPT_CORRELATION = 0.7  # of two checkpoints' outcomes on one prompt, as between checkpoints of one series
LOW_POWER = 0.6


@dataclass(frozen=True)
class Plan:
    """What a design of P prompts, k ratings each and R raters is expected to tell. Shares are 0-1.

    `detectable` is the smallest true distance from an even win rate found with a chance of `power`; `gate_power`
    is the chance that a regression gate with this margin passes a checkpoint that is just as good.
    """

    prompts: int
    ratings: int
    raters: int
    judgments: int
    moments: Moments
    level: float
    se: float
    half_width: float
    power: float
    detectable: float
    margin: float
    gate_power: float
    notes: tuple[str, ...]
    method: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def plan(
    prompts: int,
    ratings: int,
    raters: int,
    *,
    moments: Moments = PRIOR,
    margin: float = 0.05,
    power: float = 0.8,
    level: float = 0.95,
) -> Plan:
    """V = s_p/P + s_w/(P k) + s_r/R; half-width z sqrt(V); detectable (z + z_power) sqrt(V).

    Args: ratings: per prompt, by different raters.  raters: the pool, over which judgments are spread evenly.
        moments: a study's own (moments.py), or the prior ones.
    Source: docs/statistics.md, "Power"; Cornfield and Tukey (1956), Annals of Mathematical Statistics 27.
    """
    if prompts < 2 or not 1 <= ratings <= raters:
        raise ValueError(
            f"{prompts} prompts x {ratings} ratings by {raters} raters: 2 prompts or more, ratings <= raters"
        )
    if not 0 < margin < 1 or not 0 < power < 1:
        raise ValueError(f"margin and power are shares between 0 and 1, not {margin!r} and {power!r}")
    z = normal_quantile(level)
    se = math.sqrt(variance(prompts, ratings, raters, moments))
    passing = gate_power(prompts, ratings, raters, margin, moments=moments, level=level)
    return Plan(
        prompts=prompts,
        ratings=ratings,
        raters=raters,
        judgments=prompts * ratings,
        moments=moments,
        level=level,
        se=se,
        half_width=z * se,
        power=power,
        detectable=(z + _one_sided(power)) * se,
        margin=margin,
        gate_power=passing,
        notes=_notes(passing, margin),
        method="normal, variance components of prompts, raters and judgments",
    )


def variance(prompts: int, ratings: int, raters: int, moments: Moments = PRIOR) -> float:
    """Of the win rate, for new prompts and new raters."""
    return moments.prompt / prompts + moments.within / (prompts * ratings) + moments.rater / raters


def prompts_for(
    half_width: float, ratings: int, raters: int, *, moments: Moments = PRIOR, level: float = 0.95
) -> int | None:
    """The fewest prompts for this half-width; None where these raters are too few, however many the prompts."""
    left = (half_width / normal_quantile(level)) ** 2 - moments.rater / raters
    if half_width <= 0:
        raise ValueError(f"half_width is a share above 0, not {half_width!r}")
    return None if left <= 0 else max(2, math.ceil((moments.prompt + moments.within / ratings) / left))


def gate_power(
    prompts: int,
    ratings: int,
    raters: int,
    margin: float,
    *,
    moments: Moments = PRIOR,
    correlation: float = PROMPT_CORRELATION,
    level: float = 0.95,
) -> float:
    """The chance that a gate through a baseline passes where nothing changed.

    Of the change, V = 2 (1 - correlation) s_p/P + 2 s_w/(P k) + 2 s_r/R: raters' leanings towards the old and
    the new checkpoint are taken as unrelated, which is the careful side.
    """
    from scipy.special import ndtr

    parts = Moments((1 - correlation) * moments.prompt, moments.within, moments.rater)
    se = math.sqrt(2 * variance(prompts, ratings, raters, parts))
    return float(ndtr(margin / se - _one_sided(level))) if se else 1.0


def _one_sided(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(level))


def _notes(passing: float, margin: float) -> tuple[str, ...]:
    if passing >= LOW_POWER:
        return ()
    return (
        f"a gate with a margin of {100 * margin:g} points would pass an equally good checkpoint with a chance of "
        f"{passing:.0%} only: more prompts, a larger pool of raters, or a wider margin",
    )
