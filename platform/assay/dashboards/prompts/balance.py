"""How a version is made up, as small bars beside their counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from promptsets.fitting import offered
from promptsets.models import PromptSetVersion
from promptsets.taxonomy import EXPECTED, HAZARDS


@dataclass(frozen=True)
class Bar:
    """One count. `share` is of the set, 0-1; `behind` lists the prompts that it counts, where a filter finds them."""

    label: str
    n: int
    share: float
    behind: str = ""


@dataclass(frozen=True)
class Chart:
    title: str
    bars: list[Bar]


def balance_of(version: PromptSetVersion) -> list[Chart]:
    """Charts of what the version's manifest counts and declares; one kind of prompt needs no chart."""
    charts = [
        chart(version, _("Categories"), "categories", {}, "category"),
        chart(version, _("Turns"), "turns", {}),
        chart(version, _("Hazards"), "hazards", HAZARDS, "hazard"),
        chart(version, _("Expected"), "expected", EXPECTED, "expected"),
    ]
    return [each for each in charts if len(each.bars) > 1]


def chart(
    version: PromptSetVersion, title: str, counted: str, names: Mapping[str, str], found_by: str = ""
) -> Chart:
    """counted: what the manifest counts. found_by: the filter that lists the prompts of one count."""
    counts: dict[str, Any] = version.manifest.get("counts", {})
    listed, total = offered(version).get(found_by, ()), counts.get("prompts", 0)
    bars = [
        Bar(
            names.get(name, name).replace("_", " "),
            n,
            n / total,
            "?" + urlencode({found_by: name}) if name in listed else "",
        )
        for name, n in counts.get(counted, {}).items()
    ]
    return Chart(title, sorted(bars, key=lambda bar: -bar.n))
