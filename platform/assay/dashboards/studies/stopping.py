"""What a study's page says of its stopping rule: its meaning, and for how many pairs it has come true."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assay.dashboards.results.summary import Pair
from assay.dashboards.studies.stop_words import CAVEATS, MEANINGS
from raters.models import Study
from raters.studies.stopping import name_of

SEQUENCE_ROW = "win_rate_anytime"


@dataclass(frozen=True)
class Stopping:
    """The rule in words, and how many of the report's pairs it would end."""

    meaning: Any
    caveats: Any
    pairs: int
    decided: int

    @property
    def may_end(self) -> bool:
        return 0 < self.pairs == self.decided


def stopping_of(study: Study, pairs: Iterable[Pair]) -> Stopping | None:
    """None where the design has no such rule. Counts alone, which tell no arm."""
    name = name_of(study.stop_rule)
    if not name:
        return None
    rows = [row.estimate for pair in pairs for row in pair.reliability if row.estimate.name == SEQUENCE_ROW]
    decided = sum(1 for row in rows if row.detail.get("stopped_at"))
    return Stopping(MEANINGS[name], CAVEATS, len(rows), decided)
