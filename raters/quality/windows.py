"""What raters say on narrow windows, such as a phone's, beside what they say on wide ones."""

from dataclasses import dataclass
from statistics import median
from typing import Any

from raters.models import Assignment, Comparison, Judgment, Study
from raters.quality.measures import Share, share
from raters.studies.health import RATING

SHARES = ("gold", "left", "ties")
NARROW_PX = 768  # below it the two responses stand one under the other


@dataclass(frozen=True)
class OfWindows:
    """The figures of all judgments that came from windows of one kind. `median_s`: of the time in view."""

    narrow: bool
    n: int
    raters: int
    gold: Share
    left: Share
    ties: Share
    median_s: float | None


def by_window(study: Study) -> list[OfWindows]:
    """Narrow, then wide, where there is any; judgments whose window nobody knows are in neither."""
    known = Judgment.objects.current().filter(RATING, assignment__comparison__study=study)
    known = known.filter(assignment__state=Assignment.State.DONE).exclude(viewport_width=None)
    fields = ("viewport_width", "preference", "active_ms", "assignment__rater", "assignment__a_is_left")
    of_gold = ("assignment__comparison__kind", "assignment__comparison__gold_preference")
    rows = list(known.values_list(*fields, *of_gold))
    kinds = {narrow: [row for row in rows if (row[0] < NARROW_PX) == narrow] for narrow in (True, False)}
    return [figures(narrow, found) for narrow, found in kinds.items() if found]


def figures(narrow: bool, rows: list[tuple[Any, ...]]) -> OfWindows:
    times = [ms for _, _, ms, *_ in rows if ms is not None]
    return OfWindows(
        narrow=narrow,
        n=len(rows),
        raters=len({rater for _, _, _, rater, *_ in rows}),
        gold=share(said == right for _, said, _, _, _, kind, right in rows if kind == Comparison.Kind.GOLD),
        left=share((said == "a") == a_is_left for _, said, _, _, a_is_left, *_ in rows if said != "tie"),
        ties=share(said == "tie" for _, said, *_ in rows),
        median_s=median(times) / 1000 if times else None,
    )
