"""How a study that collects is doing: its pace, gold, agreement, sides, haste, what is on raters' screens."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q
from django.utils import timezone

from analysis.proportions import Interval, score_interval
from raters.models import Assignment, Comparison, Judgment, Study
from raters.studies.progress import Progress

PACE_OVER = timedelta(hours=24)
NEWEST = 2000  # judgments that shares and pace look at: a page stays fast however many there are
Z = 1.959964  # of 95 %
RATING = Q(assignment__purpose="rating", assignment__repeat_of=None)


@dataclass(frozen=True)
class Share:
    """k of n, with Wilson's interval at 95 %; no value where there is nothing yet."""

    k: int
    n: int

    @property
    def value(self) -> float | None:
        return self.k / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        return score_interval(self.k / self.n, self.n, Z) if self.n else None


@dataclass(frozen=True)
class Health:
    """`eta` is when the last wanted judgment comes at the present pace; None where nothing moves."""

    a_day: float
    eta: datetime | None
    gold: Share
    agreement: Share
    left: Share
    fast: Share
    leases: int
    oldest_lease_minutes: int | None
    newest_at: datetime | None


def health_of(study: Study, progress: Progress) -> Health:
    now = timezone.now()
    rows = newest(study)
    a_day = pace([row["submitted_at"] for row in rows], now)
    left = progress.wanted - progress.judgments
    held = Assignment.objects.filter(comparison__study=study, state=Assignment.State.LEASED, ahead=False)
    leases = held.aggregate(n=Count("pk"), oldest=Min("created_at"))
    return Health(
        a_day=a_day,
        eta=now + timedelta(days=left / a_day) if a_day and left > 0 else None,
        gold=gold_share(study),
        agreement=agreement(rows),
        left=left_share(rows),
        fast=Share(sum(row["fast"] for row in rows), len(rows)),
        leases=leases["n"],
        oldest_lease_minutes=_minutes(now - leases["oldest"]) if leases["oldest"] else None,
        newest_at=max((row["submitted_at"] for row in rows), default=None),
    )


def pace(newest_at: Iterable[datetime], now: datetime) -> float:
    """Judgments a day, over the last day or over the time since the first one looked at where that is shorter.

    newest_at: when each of the newest judgments came; a study of more of them in a day than are looked at goes by
    these alone.
    """
    recent = [at for at in newest_at if at >= now - PACE_OVER]
    if not recent:
        return 0.0
    return len(recent) * (timedelta(days=1) / max(now - min(recent), timedelta(minutes=1)))


def newest(study: Study) -> list[dict[str, Any]]:
    """The newest judgments that count, as far as the shares need them."""
    fields = {"comparison": F("assignment__comparison_id"), "a_is_left": F("assignment__a_is_left")}
    rows = Judgment.objects.counted(study).order_by("-pk")
    return [dict(row) for row in rows.values("preference", "fast", "submitted_at", **fields)[:NEWEST]]


def gold_share(study: Study) -> Share:
    """Gold comparisons that raters answered as is known to be right."""
    gold = Judgment.objects.current().filter(
        RATING, assignment__comparison__study=study, assignment__comparison__kind=Comparison.Kind.GOLD
    )
    right = Count("pk", filter=Q(preference=F("assignment__comparison__gold_preference")))
    found = gold.aggregate(n=Count("pk"), k=right)
    return Share(found["k"], found["n"])


def agreement(rows: Iterable[dict[str, Any]]) -> Share:
    """Pairs of judgments of one comparison that say the same: percent agreement, not corrected for chance."""
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        votes[row["comparison"]][row["preference"]] += 1
    same = sum(n * (n - 1) // 2 for counts in votes.values() for n in counts.values())
    pairs = sum((total := counts.total()) * (total - 1) // 2 for counts in votes.values())
    return Share(same, pairs)


def left_share(rows: Iterable[dict[str, Any]]) -> Share:
    """Of choices for a side, those for the left one."""
    chosen = [(row["preference"] == "a") == row["a_is_left"] for row in rows if row["preference"] != "tie"]
    return Share(sum(chosen), len(chosen))


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
