"""Which comparisons want ratings, and which of them a rater has not met; the ring of lots that raters draw from."""

import secrets
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F

from raters.models.people import Rater
from raters.models.studies import Study

if TYPE_CHECKING:
    from raters.models.comparisons import Comparison  # noqa: F401  named in a string

LOTS = 2**31  # lots are drawn below this


def new_lot() -> int:
    return secrets.randbelow(LOTS)


def coin() -> bool:
    return bool(secrets.randbelow(2))


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def wanting_ratings(self) -> "ComparisonQuerySet":
        return self.filter(status=self.model.Status.OPEN, ratings_taken__lt=F("ratings_wanted"))

    def regular(self) -> "ComparisonQuerySet":
        return self.filter(kind=self.model.Kind.REGULAR)

    def settled(self) -> "ComparisonQuerySet":
        """Those that count without being shown: ties by definition, and what was judged before."""
        return self.filter(status__in=[self.model.Status.EQUAL, self.model.Status.REUSED])

    def gold(self) -> "ComparisonQuerySet":
        return self.filter(kind=self.model.Kind.GOLD)

    def unseen_by(self, rater: Rater | int, study: Study | int) -> "ComparisonQuerySet":
        """Without the prompts this rater has met in the study; one whose lease merely ran out may be met again."""
        from raters.models.comparisons import Assignment  # which knows this module

        met = Assignment.objects.filter(rater=rater, comparison__study=study)
        # No correlated subquery: the few prompts that one rater has met are read once, not looked up for each row.
        return self.exclude(
            prompt__in=met.exclude(state=Assignment.State.EXPIRED).values("comparison__prompt")
        )
