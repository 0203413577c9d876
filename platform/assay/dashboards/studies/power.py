"""The power planner beside a planned study: its numbers, with a curve and the curve's table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assay.reports.power import Design, foretold
from raters.studies.effort import Effort

if TYPE_CHECKING:
    from analysis.power import Plan


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
    from analysis.power_chart import power_curve  # loads NumPy, which no other page of the form's needs

    told = foretold(design)
    curve = power_curve(
        list(told.plans),
        told.chosen,
        id_prefix="power",
        title=_("Half-width and smallest detectable difference, in points, over the number of prompts"),
        description=_("The same numbers stand in the table below."),
    )
    steps = tuple(Step(one, place == told.chosen) for place, one in enumerate(told.plans))
    # The chart module escapes every text it is given.
    return Power(told.plan, told.effort, steps, mark_safe(curve))  # noqa: S308
