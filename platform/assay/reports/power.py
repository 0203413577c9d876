"""The power planner: what a planned study will tell, and what it asks of raters."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from raters.studies.effort import Effort, effort_of

if TYPE_CHECKING:
    from analysis.power import Plan

GROWTH = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class Design:
    """What is planned, in numbers. Each candidate is compared with the baseline on every prompt."""

    prompts: int
    candidates: int
    ratings: int
    pool: int
    minutes: float
    hours_a_day: float
    margin: float = 0.05
    pay_basis: str = "none"
    pay_rate: Decimal = Decimal(0)
    currency: str = "EUR"


@dataclass(frozen=True)
class Foretold:
    """`plans`: by growing number of prompts, the design's own at `chosen` among them."""

    plans: "tuple[Plan, ...]"
    chosen: int
    effort: Effort

    @property
    def plan(self) -> "Plan":
        return self.plans[self.chosen]


def foretold(design: Design) -> Foretold:
    """Raises: ValueError saying what in the design does not go."""
    from analysis.power import plan  # loads NumPy and SciPy, which nothing else of a plan needs

    if design.ratings * design.candidates > design.pool:
        told = _("Nobody sees a prompt twice, so %(n)s ratings of each prompt need a pool of %(n)s raters.")
        raise ValueError(told % {"n": design.ratings * design.candidates})
    if design.prompts < 2:
        raise ValueError(_("Two prompts are the fewest from which anything can be told."))
    sizes = sorted({max(2, round(design.prompts * share)) for share in GROWTH} | {design.prompts})
    plans = tuple(plan(n, design.ratings, design.pool, margin=design.margin) for n in sizes)
    return Foretold(plans, sizes.index(design.prompts), asked_of(design))


def asked_of(design: Design) -> Effort:
    judgments = design.prompts * design.ratings * design.candidates
    return effort_of(
        judgments,
        design.pool,
        design.minutes,
        design.hours_a_day,
        pay_basis=design.pay_basis,
        pay_rate=design.pay_rate,
        currency=design.currency,
    )
