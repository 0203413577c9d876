"""What stands free for a rater, and how far they have come: asked at every turn, so the SQL for it is written once."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, QuerySet, Subquery, When

from raters.care.welfare import without_hazards
from raters.comparisons.caps import left_under_cap
from raters.models import Assignment, Comparison, Enrolment, Rater, Study
from raters.models.comparison_queries import ComparisonQuerySet
from raters.models.counting import number_of
from raters.models.prepared import Prepared

Rows = QuerySet[Any, tuple[Any, ...]]


@dataclass(frozen=True)
class Standing:
    """How far a rater has come in a study as things stand."""

    done: int
    held: int
    left: int
    previous: str | None  # the token of the answer before the one on the screen

    @property
    def total(self) -> int:
        return self.done + self.held + self.left


def standing(enrolment: Enrolment, on_screen: Assignment | None = None) -> Standing:
    before = on_screen.pk if on_screen and on_screen.pk else 0
    place = enrolment.rater_id, enrolment.study_id
    done, held, left, previous = STANDING.one(*place, before, declined=tuple(enrolment.declined_hazards))
    return Standing(done, held, int(min(left, left_under_cap(enrolment))), previous)


def given_so_far(rater: Rater, study: Study) -> int:
    """How many comparisons the rater was given, but for those whose lease ran out."""
    (given,) = GIVEN.one(rater.pk, study.pk)
    return int(given)


def first_places(enrolment: Enrolment, start: int) -> tuple[int | None, int | None]:
    """The first gold and the first regular comparison with a place for the rater: the fewest ratings first, then by
    lot, going round the ring from `start`. One statement, whatever it finds.
    """
    place = enrolment.rater_id, enrolment.study_id
    gold, regular = FIRST.one(*place, start, declined=tuple(enrolment.declined_hazards))
    return gold, regular


def a_first_left(comparison_id: int) -> bool:
    """Whether response a stands left when the comparison is shown for the first time."""
    (left,) = FIRST_LEFT.one(comparison_id)
    return bool(left)


def _standing(rater: int, study: int, before: int, *, declined: tuple[str, ...]) -> Rows:
    mine = Assignment.objects.of(rater, study)
    answered = mine.answered()
    return _enrolment(rater, study).values_list(
        number_of(answered),
        number_of(mine.filter(state=Assignment.State.LEASED)),
        number_of(_wanting(rater, study, declined).regular()),
        Subquery(answered.filter(pk__lt=before).order_by("-pk").values("token")[:1]),
    )


def _given(rater: int, study: int) -> Rows:
    mine = Assignment.objects.of(rater, study)
    return _enrolment(rater, study).values_list(number_of(mine.exclude(state=Assignment.State.EXPIRED)))


def _first(rater: int, study: int, start: int, *, declined: tuple[str, ...]) -> Rows:
    wanting = _wanting(rater, study, declined)
    behind = Case(When(lot__gte=start, then=0), default=1)
    first = [kind.order_by("ratings_taken", behind, "lot") for kind in (wanting.gold(), wanting.regular())]
    return _enrolment(rater, study).values_list(*(Subquery(one.values("pk")[:1]) for one in first))


def _first_left(comparison: int) -> Rows:
    return Comparison.objects.filter(pk=comparison).values_list("a_first_left")


def _enrolment(rater: int, study: int) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(rater=rater, study=study)


def _wanting(rater: int, study: int, declined: tuple[str, ...]) -> ComparisonQuerySet:
    wanting = Comparison.objects.filter(study=study).wanting_ratings()
    return wanting.unseen_by(rater, study).filter(without_hazards(declined))


STANDING, GIVEN = Prepared(_standing), Prepared(_given)
FIRST, FIRST_LEFT = Prepared(_first), Prepared(_first_left)
