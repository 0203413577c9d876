"""Shares, as people read them: percent with one decimal, never without their interval."""

from django import template

from assay.evaluations.models import Measure
from assay.reports.models import Estimate

register = template.Library()


@register.filter
def percent(share: float) -> str:
    return f"{100 * share:.1f}%"


@register.filter
def whole_percent(share: float) -> str:
    return f"{100 * share:g}%"


@register.filter
def interval(estimate: Estimate | Measure) -> str:
    """Both ends in percent: [41.8, 45.6]."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"[{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"


@register.filter
def points(share: float) -> str:
    """A change in points, with its sign."""
    return f"{100 * share:+.1f}"
