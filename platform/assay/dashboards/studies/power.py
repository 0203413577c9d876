"""The power planner beside a planned study: what it will tell, what it asks of raters, and a curve with its table."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe
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
class Step:
    """One line of the curve's table."""

    plan: "Plan"
    is_chosen: bool


@dataclass(frozen=True)
class Power:
    plan: "Plan"
    effort: Effort
    steps: tuple[Step, ...]
    curve: SafeString


def power_of(design: Design) -> Power:
    """Raises: ValueError saying what in the design does not go."""
    from analysis.power import plan  # loads NumPy and SciPy, which no other page of the form's needs
    from analysis.power_chart import power_curve

    if design.ratings * design.candidates > design.pool:
        told = _("Nobody sees a prompt twice, so %(n)s ratings of each prompt need a pool of %(n)s raters.")
        raise ValueError(told % {"n": design.ratings * design.candidates})
    if design.prompts < 2:
        raise ValueError(_("Two prompts are the fewest from which anything can be told."))
    sizes = sorted({max(2, round(design.prompts * share)) for share in GROWTH} | {design.prompts})
    plans = [plan(n, design.ratings, design.pool, margin=design.margin) for n in sizes]
    chosen = sizes.index(design.prompts)
    told = _("Half-width and smallest detectable difference, in points, over the number of prompts")
    curve = power_curve(
        plans,
        chosen,
        id_prefix="power",
        title=told,
        description=_("The same numbers stand in the table below."),
    )
    steps = tuple(Step(one, place == chosen) for place, one in enumerate(plans))
    # The chart module escapes every text it is given.
    return Power(plans[chosen], asked_of(design), steps, mark_safe(curve))  # noqa: S308


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
