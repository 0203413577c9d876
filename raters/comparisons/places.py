"""What stands free for a rater, and how far they have come: asked at every turn, so the SQL for it is written once."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When

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


def standing(rater: Rater, study: Study, on_screen: Assignment | None = None) -> Standing:
    """Raises: LookupError if the rater has no place in the study."""
    asked = rater.pk, study.pk, on_screen.pk if on_screen and on_screen.pk else 0
    # Few decline anything: what a rater declines is read with the numbers, which then are asked for once more.
    *numbers, declined = STANDING.one(*asked, declined=())
    if declined:
        *numbers, declined = STANDING.one(*asked, declined=tuple(declined))
    done, held, left, previous = numbers
    return Standing(done, held, int(min(left, left_under_cap(rater, study))), previous)


def held_by(rater: Rater, study: Study) -> Assignment | None:
    """What the rater has on the screen."""
    return HELD.first(rater.pk, study.pk)


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


@dataclass(frozen=True)
class Shown:
    """On which sides a comparison was given so far."""

    a_first_left: bool  # whether response a stands left the first time
    a_left: int  # how often it does, among those that hold a place
    a_right: int
    own: int | None  # the assignment that this rater had of it before

    @property
    def lead(self) -> int:
        return self.a_left - self.a_right


def shown_so_far(comparison_id: int, rater: Rater) -> Shown:
    return Shown(*SHOWN.one(comparison_id, rater.pk))


def _standing(rater: int, study: int, before: int, *, declined: tuple[str, ...]) -> Rows:
    mine = Assignment.objects.of(rater, study)
    answered = mine.answered()
    return _enrolment(rater, study).values_list(
        number_of(answered),
        number_of(mine.filter(state=Assignment.State.LEASED)),
        number_of(_wanting(rater, study, declined).regular()),
        Subquery(answered.filter(pk__lt=before).order_by("-pk").values("token")[:1]),
        "declined_hazards",
    )


def _given(rater: int, study: int) -> Rows:
    mine = Assignment.objects.of(rater, study)
    return _enrolment(rater, study).values_list(number_of(mine.exclude(state=Assignment.State.EXPIRED)))


def _first(rater: int, study: int, start: int, *, declined: tuple[str, ...]) -> Rows:
    free = _wanting(rater, study, declined)
    return _enrolment(rater, study).values_list(
        _first_of(free.gold(), start), _first_of(free.regular(), start)
    )


def _first_of(free: ComparisonQuerySet, start: int) -> Subquery:
    """The first from `start` on, or else from the beginning of the ring: nothing is sorted, an index leads to both."""
    in_order = free.order_by("ratings_taken", "lot").values("pk")
    ahead, behind = in_order.filter(lot__gte=start)[:1], in_order.filter(lot__lt=start)[:1]
    first = Comparison.objects.filter(Q(pk=Subquery(ahead)) | Q(pk=Subquery(behind)))
    return Subquery(
        first.order_by("ratings_taken", Case(When(lot__gte=start, then=0), default=1)).values("pk")[:1]
    )


def _held(rater: int, study: int) -> QuerySet[Assignment, Assignment]:
    return Assignment.objects.of(rater, study).held()[:1]


def _shown(comparison: int, rater: int) -> Rows:
    given = Assignment.objects.filter(comparison=OuterRef("pk")).with_a_place()
    return Comparison.objects.filter(pk=comparison).values_list(
        "a_first_left",
        number_of(given.filter(a_is_left=True)),
        number_of(given.filter(a_is_left=False)),
        Subquery(given.filter(rater=rater).values("pk")[:1]),
    )


def _enrolment(rater: int, study: int) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(rater=rater, study=study)


def _wanting(rater: int, study: int, declined: tuple[str, ...]) -> ComparisonQuerySet:
    wanting = Comparison.objects.filter(study=study).wanting_ratings()
    return wanting.unseen_by(rater, study).filter(without_hazards(declined))


STANDING, GIVEN = Prepared(_standing), Prepared(_given)
FIRST, SHOWN = Prepared(_first), Prepared(_shown)
HELD = Prepared(_held)
