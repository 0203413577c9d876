"""How a study that collects is doing: its pace, gold, agreement, sides, haste, what is on raters' screens."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Min, Q, QuerySet
from django.utils import timezone

from analysis.proportions import Interval, score_interval
from raters.models import Assignment, Comparison, Judgment, Study
from raters.models.judgments import counts_in
from raters.quality.measures import Share, Z
from raters.studies.progress import Progress

PACE_OVER = timedelta(hours=24)
NEWEST = 2000  # judgments that shares and pace look at: a page stays fast however many there are
AMONG = 2 * NEWEST  # the newest of all studies, which cost nothing to find
RATING = Q(assignment__purpose="rating", assignment__repeat_of=None)


@dataclass(frozen=True)
class PairsAlike(Share):
    """Pairs of judgments of one comparison that say the same, of all such pairs.

    effective: as many pairs, drawn alone, would tell as much: those of one comparison share their raters' words.
    """

    effective: float = 0.0

    @property
    def interval(self) -> Interval | None:
        return score_interval(self.k / self.n, self.effective, Z) if self.n else None


@dataclass(frozen=True)
class Health:
    """`eta` is when the last wanted judgment comes at the present pace; None where nothing moves."""

    a_day: float
    eta: datetime | None
    gold: Share
    agreement: PairsAlike
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
    """The newest judgments that count, as far as the shares need them.

    Looked for among the newest of all studies first: of one study alone, SQLite would read and sort all there are.
    """
    counts = ExpressionWrapper(counts_in(study), BooleanField())
    recent = list(told(Judgment.objects.current(), counts=counts)[:AMONG])
    rows = [row for row in recent if row["counts"]][:NEWEST]
    is_whole = len(rows) == NEWEST or len(recent) < AMONG
    return rows if is_whole else list(told(Judgment.objects.counted(study))[:NEWEST])


def told(judgments: QuerySet[Judgment], **more: Any) -> Any:
    """The newest first."""
    more |= {"comparison": F("assignment__comparison_id"), "a_is_left": F("assignment__a_is_left")}
    return judgments.order_by("-pk").values("preference", "fast", "submitted_at", **more)


def gold_share(study: Study) -> Share:
    """Gold comparisons that raters answered as is known to be right."""
    gold = Judgment.objects.current().filter(
        RATING, assignment__comparison__study=study, assignment__comparison__kind=Comparison.Kind.GOLD
    )
    right = Count("pk", filter=Q(preference=F("assignment__comparison__gold_preference")))
    found = gold.aggregate(n=Count("pk"), k=right)
    return Share(found["k"], found["n"])


def agreement(rows: Iterable[dict[str, Any]]) -> PairsAlike:
    """Percent agreement, not corrected for chance."""
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        votes[row["comparison"]][row["preference"]] += 1
    cells = [(sum(map(pairs_of, said.values())), pairs_of(said.total())) for said in votes.values()]
    cells = [(same, pairs) for same, pairs in cells if pairs]
    k, n = sum(same for same, _ in cells), sum(pairs for _, pairs in cells)
    return PairsAlike(k, n, effective_pairs(cells, k / n) if n else 0.0)


def pairs_of(n: int) -> int:
    return n * (n - 1) // 2


def effective_pairs(cells: Sequence[tuple[int, int]], share: float) -> float:
    """As many independent pairs as would spread like these, by the variance of a ratio of sums over comparisons.

    Never more than there are; where all are alike, or there is but one comparison, as many as comparisons.
    Source: Korn and Graubard (1998), Survey Methodology 24, 193-201.
    """
    m, n = len(cells), sum(pairs for _, pairs in cells)
    spread = sum((same - share * pairs) ** 2 for same, pairs in cells)
    if m < 2 or not spread:
        return float(m)
    return min(float(n), share * (1 - share) * n**2 * (m - 1) / (m * spread))


def left_share(rows: Iterable[dict[str, Any]]) -> Share:
    """Of choices for a side, those for the left one."""
    chosen = [(row["preference"] == "a") == row["a_is_left"] for row in rows if row["preference"] != "tie"]
    return Share(sum(chosen), len(chosen))


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
