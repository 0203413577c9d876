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
def rounded_percent(share: float) -> str:
    """Of a share that is known no finer, or must not be told finer."""
    return f"{100 * share:.0f}%"


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


@register.filter
def as_points(share: float) -> str:
    """A distance in points, without a sign."""
    return f"{100 * share:.1f}"


@register.filter
def duration(seconds: float) -> str:
    """A length of time in the unit that suits it: 40 s, 12 min, 3.5 h, 2.1 d."""
    for most, size, unit in ((90, 1, "s"), (5400, 60, "min"), (172_800, 3600, "h")):
        if seconds < most:
            return f"{seconds / size:.0f} {unit}" if unit != "h" else f"{seconds / size:.1f} {unit}"
    return f"{seconds / 86_400:.1f} d"
