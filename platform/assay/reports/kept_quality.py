"""Raters' figures as pages show them: worked out at once for a small study, kept by the worker for a large one."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from assay.reports.counted import Counted
from assay.reports.influences import tallied_influences
from assay.reports.models import KeptQuality, StudyTally
from assay.reports.quality import tallied_quality
from raters.models import Study
from raters.quality.influence import Influence, influences
from raters.quality.measures import RaterQuality, Share, quality_of
from raters.quality.order_checks import Drawn, OrderCheck, drawn
from raters.quality.windows import SHARES, OfWindows, by_window

logger = logging.getLogger(__name__)
LARGE = 5_000  # judgments, from which on a page would have to wait
MOST_KEPT = 50  # influences, the largest first
A_WHILE = timedelta(minutes=1)  # a large study's figures hardly move in one


@dataclass(frozen=True)
class ShownQuality:
    """Every rater who has judged, their draws and windows, what rests on them; as of now where `made_at` is None."""

    figures: Sequence[RaterQuality]
    drawn: Drawn
    windows: Sequence[OfWindows]
    influences: Sequence[Influence]
    made_at: datetime | None = None


def shown_quality(study: Study) -> ShownQuality:
    kept = KeptQuality.objects.filter(study=study).first()
    if kept is None:
        return ShownQuality(quality_of(study), drawn(study), by_window(study), influences(study))
    return ShownQuality(
        [figures_from(row) for row in kept.figures],
        drawn_from(**kept.drawn),
        [windows_from(row) for row in kept.windows],
        [Influence(**row) for row in kept.influences],
        kept.made_at,
    )


def shown_figures(study: Study) -> dict[str, RaterQuality]:
    """By the rater's code; what was drawn is not counted for them."""
    kept = KeptQuality.objects.filter(study=study).values_list("figures", flat=True).first()
    found = quality_of(study) if kept is None else map(figures_from, kept)
    return {one.rater: one for one in found}


def figures_from(row: dict[str, Any]) -> RaterQuality:
    return RaterQuality(**{**row, "shares": {name: Share(**share) for name, share in row["shares"].items()}})


def drawn_from(sides: list[Any], orders: list[dict[str, Any]]) -> Drawn:
    return Drawn(
        [(rater, a, b, left, n) for rater, a, b, left, n in sides], [OrderCheck(**row) for row in orders]
    )


def windows_from(row: dict[str, Any]) -> OfWindows:
    return OfWindows(**{**row, **{name: Share(**row[name]) for name in SHARES}})


def keep_quality() -> int:
    """Works out anew what judgments have made old; of how many studies. One that fails stops no other."""
    written = 0
    for tally in list(due()):
        try:
            keep(tally.study, tally.folds)
            written += 1
        except Exception:
            logger.exception("Raters' figures could not be kept of %s", tally.study.slug)
    return written


def due() -> QuerySet[StudyTally]:
    """Tallies of large studies that were folded since their figures were worked out, if that is a while ago."""
    rested = Q(
        study__kept_quality__folds__lt=F("folds"), study__kept_quality__made_at__lt=timezone.now() - A_WHILE
    )
    large = StudyTally.objects.filter(judgments__gte=LARGE).select_related("study")
    return large.filter(Q(study__kept_quality=None) | rested)


def keep(study: Study, folds: int) -> None:
    """folds: how far the tallies are now, at least; what comes in meanwhile is worked out the next time."""
    said = {
        "folds": folds,
        "made_at": timezone.now(),
        "figures": [asdict(one) for one in tallied_quality(study)],
        "drawn": asdict(drawn(study)),
        "windows": [asdict(one) for one in by_window(study)],
        "influences": [asdict(one) for one in tallied_influences(Counted.of(study))[:MOST_KEPT]],
    }
    KeptQuality.objects.update_or_create(study=study, defaults=said)
