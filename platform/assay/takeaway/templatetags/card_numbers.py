"""A card's numbers as people read them: shares in percent, never without their interval."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"


@register.filter
def interval(row: Mapping[str, Any]) -> str:
    """Both ends in percent: [41.8, 45.6]."""
    low, high = row.get("low"), row.get("high")
    return "" if low is None or high is None else f"[{100 * low:.1f}, {100 * high:.1f}]"


@register.filter
def decimals(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


@register.filter
def ends(row: Mapping[str, Any]) -> str:
    """Both ends of a coefficient: [0.21, 0.35]."""
    low, high = row.get("low"), row.get("high")
    return "" if low is None or high is None else f"[{low:.2f}, {high:.2f}]"


@register.filter
def whole_percent(share: float) -> str:
    return f"{100 * share:g}%"


@register.filter
def moment(iso: str | None) -> str:
    """To the minute: 2026-11-24 16:10 UTC."""
    return f"{iso[:10]} {iso[11:16]} UTC" if iso else "–"


@register.filter
def listed(value: Any) -> str:
    """A small object or list on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {listed(part)}" for name, part in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)
