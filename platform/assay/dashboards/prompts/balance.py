"""How a version is made up, as small bars beside their counts."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from promptsets.models import PromptSetVersion
from promptsets.taxonomy import EXPECTED, HAZARDS


@dataclass(frozen=True)
class Bar:
    """One count. `share` is of the set, 0-1."""

    label: str
    n: int
    share: float


@dataclass(frozen=True)
class Chart:
    title: str
    bars: list[Bar]


def balance_of(version: PromptSetVersion) -> list[Chart]:
    """Charts of what the version's manifest counts and declares; one kind of prompt needs no chart."""
    counts: dict[str, Any] = version.manifest.get("counts", {})
    total = counts.get("prompts", 0)
    charts = [
        chart(_("Categories"), counts.get("categories", {}), {}, total),
        chart(_("Turns"), counts.get("turns", {}), {}, total),
        chart(_("Hazards"), counts.get("hazards", {}), HAZARDS, total),
        chart(_("Expected"), counts.get("expected", {}), EXPECTED, total),
    ]
    return [each for each in charts if len(each.bars) > 1]


def chart(title: str, counts: dict[str, int], names: dict[str, str], total: int) -> Chart:
    bars = [Bar(names.get(name, name).replace("_", " "), n, n / total) for name, n in counts.items()]
    return Chart(title, sorted(bars, key=lambda bar: -bar.n))
