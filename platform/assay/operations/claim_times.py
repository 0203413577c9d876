"""A histogram of claims that all processes share: each counts for itself and adds to the database's rows now and then.

A process that is killed takes what it counted since then, ten seconds' claims at most, with it.
"""

import logging
import math
import threading
import time
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.dispatch import receiver

from assay.operations.models import ClaimTime
from generation.timing import claimed

logger = logging.getLogger(__name__)
BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, math.inf)
LABELS = tuple("+Inf" if math.isinf(bound) else f"{bound:g}" for bound in BOUNDS_S)
ADD_EVERY_S = 10.0
Counts = dict[tuple[str, str], list[float]]  # by kind and bucket: how many, seconds


class Counting:
    """What this process has counted and not yet added."""

    def __init__(self) -> None:
        self.counts: Counts = {}
        self.added_at = time.monotonic()
        self.lock = threading.Lock()

    def note(self, kind: str, seconds: float) -> None:
        bucket = next(label for bound, label in zip(BOUNDS_S, LABELS, strict=True) if seconds <= bound)
        with self.lock:
            kept = self.counts.setdefault((kind, bucket), [0, 0.0])
            kept[0] += 1
            kept[1] += seconds

    def take(self) -> Counts:
        with self.lock:
            taken, self.counts, self.added_at = self.counts, {}, time.monotonic()
        return taken

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self.added_at >= ADD_EVERY_S


counting = Counting()


@receiver(claimed, dispatch_uid="count_claim_time")
def count(sender: Any, *, kind: str, seconds: float, **_: Any) -> None:
    counting.note(kind, seconds)
    if counting.is_due and not connection.in_atomic_block:
        try:
            add()
        except DatabaseError:  # the claim itself has been made and must stand
            logger.exception("Claims of the last seconds were not counted")


@transaction.atomic
def add() -> None:
    """Adds what this process has counted to the rows that all share."""
    for (kind, bucket), (many, seconds) in sorted(counting.take().items()):  # one order of locks for all
        row, _ = ClaimTime.objects.get_or_create(kind=kind, at_most_s=bucket)
        more = {"count": F("count") + many, "total_s": F("total_s") + seconds}
        ClaimTime.objects.filter(pk=row.pk).update(**more)
