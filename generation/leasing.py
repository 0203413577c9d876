"""Rows that one worker at a time holds: due, taken under a lease and a fence, changed by the newest holder alone.

Work may be done twice, its effect happens once. A worker that falls silent leaves its row to the next one, which raises
the fence; whoever held the row before finds that nothing it writes is taken any more.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LONGEST_ERROR = 2000
Row = TypeVar("Row", bound=models.Model)


class LeaseLost(Exception):  # noqa: N818  it is no error: another worker has the row now
    """The row is another worker's by now, or ended: nothing more may be stored under this claim."""


class LeasedQuerySet(models.QuerySet[Row]):
    """Of a model with `status`, `fence`, `attempts` and `lease_until`; a subclass says which statuses these are.

    Where rows can be put off, the model has `not_before`, too.
    """

    waiting: ClassVar[str]
    held: ClassVar[str]
    lease_setting: ClassVar[str]  # the name of the setting that holds the seconds
    puts_off: ClassVar[bool] = True

    def due(self) -> Self:
        """Rows that a worker may take now: waiting and not put off, or held by one whose lease ran out.

        A lease that ends later than any could was given by a clock that was ahead; nobody waits for it.
        """
        now = timezone.now()
        waiting = Q(status=self.waiting, not_before__lte=now) if self.puts_off else Q(status=self.waiting)
        later_than_any = now + 2 * (self.lease_end() - now)
        run_out = Q(lease_until__lt=now) | Q(lease_until__gt=later_than_any)
        return self.filter(waiting | Q(run_out, status=self.held))

    def take(self, row: Any, **fields: Any) -> int | None:
        """The fence under which the row is ours now, until the lease ends; None if another worker was faster.

        One conditional UPDATE: of two who have read the same row, the first raises the fence.
        """
        taken = self.due().filter(pk=row.pk, fence=row.fence)
        new = {"status": self.held, "fence": F("fence") + 1, "attempts": F("attempts") + 1}
        return row.fence + 1 if taken.update(**new, lease_until=self.lease_end(), **fields) else None

    def held_under(self, row: Any, fence: int) -> Self:
        """That row while it is ours, else nothing; an update of it says which by its count."""
        return self.filter(pk=row.pk, fence=fence, status=self.held)

    def keep(self, row: Any, fence: int) -> None:
        """Keeps the row for another lease. Raises: LeaseLost if it is no longer ours."""
        if not self.held_under(row, fence).update(lease_until=self.lease_end()):
            raise LeaseLost(f"{row}: another worker has taken it over, or it has ended")

    def lease_end(self) -> datetime:
        """When a lease that begins now ends."""
        return timezone.now() + timedelta(seconds=self.lease_s)

    @property
    def lease_s(self) -> float:
        return float(getattr(settings, self.lease_setting))


def wait_s(tries: int, first_s: float, longest_s: float) -> float:
    """Seconds until the next try: they double with each, up to the longest."""
    return min(first_s * 2 ** (tries - 1), longest_s)


def kept(error: str) -> str:
    """What is kept of an error: no NUL, which PostgreSQL refuses, no half a surrogate pair, and not without end."""
    return error.encode(errors="backslashreplace").decode().replace("\0", "\\0")[:LONGEST_ERROR]
