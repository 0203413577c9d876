"""Who judges what next: exactly the wanted ratings for each comparison, whoever else asks at the same time."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from generation.timing import timed
from raters.care.welfare import rests_until, wanted_hazards
from raters.comparisons.caps import left_under_cap
from raters.comparisons.gold import gold_is_due
from raters.comparisons.lots import keyed
from raters.comparisons.places import Shown, first_places, given_so_far, held_by, shown_so_far
from raters.comparisons.repeats import repeat_due
from raters.judging import free_place_of, locked_enrolment, take_place
from raters.models import Assignment, Comparison, Enrolment, Rater, Study
from raters.models.comparison_queries import LOTS
from raters.models.comparisons import AssignmentQuerySet
from raters.way_in.steps import qualify


@timed("comparison")
def claim_next(rater: Rater, study: Study) -> Assignment | None:
    """The comparison this rater holds already, else a new one; None if the study has nothing for them now.

    The lease is renewed either way. Random: order and sides follow from the study's stored secret.
    """
    if assignment := claim(rater, study):
        return assignment
    reclaim(study)
    return claim(rater, study, from_others=True)


def claim(rater: Rater, study: Study, *, from_others: bool = False) -> Assignment | None:
    """What the rater holds, else what is free, else, if others may have to give way, what one of them fetched ahead."""
    with transaction.atomic():
        # The rater's own lock first, as in judging.py; the study is read under it, since it may have changed.
        enrolment = locked_enrolment(rater.pk, study.pk)
        if enrolment:
            qualify(enrolment)
        if enrolment is None or not enrolment.may_claim:
            return None
        rests = rests_until(rater, enrolment.study) is not None
        if rests:  # what was fetched ahead is not for the time of a break
            hand_back(Assignment.objects.of(rater, study).ahead())
        if held := renew(rater, enrolment.study):
            return held
        if rests:
            return None
        return claim_new(enrolment) if from_others else take_free(enrolment)


def claim_ahead(rater: Rater, study: Study) -> Assignment | None:
    """The comparison after the one that the rater holds, kept for them unless somebody finds nothing else.

    None if they hold none, if a break comes next, or if nothing is free: nobody's place is taken for it.
    """
    with transaction.atomic():
        enrolment = locked_enrolment(rater.pk, study.pk)
        held = list(Assignment.objects.of(rater, study).held())
        if enrolment is None or not enrolment.may_claim or not held:
            return None
        if len(held) > 1:
            return held[1]
        return None if rests_until(rater, enrolment.study) else take_free(enrolment, ahead=True)


def renew(rater: Rater, study: Study) -> Assignment | None:
    """The assignment that the rater holds, with its lease counted from now; None if there is none."""
    held = held_by(rater, study)
    # The state again, in the UPDATE: the lease may have run out and been taken back since it was read.
    return held if held and lease(held, study, Assignment.State.LEASED) else None


def claim_new(enrolment: Enrolment) -> Assignment | None:
    """What is free, or what somebody fetched ahead and has not come to."""
    while True:
        if assignment := take_free(enrolment):
            return assignment
        if not hand_back(fetched_by_others(enrolment), most=1):
            return None


def fetched_by_others(enrolment: Enrolment) -> AssignmentQuerySet:
    """What others hold ahead of time and this rater might judge."""
    wanted = enrolment.study.comparisons.regular().filter(status=Comparison.Status.OPEN)
    wanted = wanted.unseen_by(enrolment.rater, enrolment.study).filter(wanted_hazards(enrolment))
    if enrolment.step == Enrolment.Step.QUALIFICATION or not left_under_cap(enrolment.rater, enrolment.study):
        wanted = wanted.none()
    theirs = Assignment.objects.ahead().with_a_place()
    return theirs.filter(comparison__in=wanted).exclude(rater=enrolment.rater)


def take_free(enrolment: Enrolment, *, ahead: bool = False) -> Assignment | None:
    repeat = repeat_due(enrolment)
    if repeat and (again := assign_again(enrolment.study, repeat, ahead=ahead)):
        return again
    # Each round that fails does so because somebody else got on, so the loop ends; giving up after the first
    # would tell a rater "nothing left" while places are free.
    while (comparison_id := next_place(enrolment)) is not None:
        if assignment := assign(enrolment.study, comparison_id, enrolment.rater, ahead=ahead):
            return assignment
    return None


def assign_again(study: Study, first: Assignment, *, ahead: bool) -> Assignment | None:
    """Leases the second showing of a comparison to the rater who judged it; it takes no place from anybody."""
    swapped = study.repeat_swaps or keyed(study, "repeat side", first.pk) % 2 == 0
    again, created = Assignment.objects.get_or_create(
        repeat_of=first,
        defaults={
            "comparison_id": first.comparison_id,
            "rater_id": first.rater_id,
            "a_is_left": first.a_is_left != swapped,
            "lease_until": lease_end(study),
            "ahead": ahead,
        },
    )
    return again if created or lease(again, study, Assignment.State.EXPIRED, ahead=ahead) else None


def next_place(enrolment: Enrolment) -> int | None:
    """A comparison with the fewest ratings, by an order of this rater's own, which nobody can foresee.

    Now and then it is a gold one instead, as long as there is other work: it looks like any other, and the same is
    asked of the database for either, so that not even the time it takes tells them apart.
    """
    rater, study = enrolment.rater, enrolment.study
    given = given_so_far(rater, study)
    gold, place = first_places(enrolment, keyed(study, "order", rater.pk, given) % LOTS)
    is_due = gold_is_due(study, rater, given)
    if enrolment.step == Enrolment.Step.QUALIFICATION:
        return gold
    if not left_under_cap(rater, study):
        return None
    return gold or place if place and is_due else place


@transaction.atomic(savepoint=False)
def assign(study: Study, comparison_id: int, rater: Rater, *, ahead: bool = False) -> Assignment | None:
    """Takes a place in the comparison for the rater; None if others filled it in the meantime."""
    # Taking the place locks the comparison's row: the count of sides below cannot change under us. The rater's own
    # lock, which claim_next holds, keeps a second tab away.
    if not take_place(comparison_id):
        return None
    shown = shown_so_far(comparison_id, rater)
    if shown.own:
        mine = Assignment.objects.get(pk=shown.own)
        if lease(mine, study, Assignment.State.EXPIRED, ahead=ahead):
            return mine
        free_place_of(mine)
        return None
    return Assignment.objects.create(
        comparison_id=comparison_id,
        rater=rater,
        a_is_left=draw_side(shown),
        lease_until=lease_end(study),
        ahead=ahead,
    )


def lease(assignment: Assignment, study: Study, state: str, *, ahead: bool = False) -> bool:
    """Leases the assignment from now on if it is still in that state; False if it is not."""
    still = Assignment.objects.filter(pk=assignment.pk, state=state)
    fields: dict[str, Any] = {
        "state": Assignment.State.LEASED,
        "lease_until": lease_end(study),
        "ahead": ahead,
    }
    if not still.update(**fields):
        return False
    assignment.state, assignment.lease_until, assignment.ahead = fields.values()
    return True


def draw_side(shown: Shown) -> bool:
    """Whether response a stands left: the side it has had less often in this comparison, else its first one's."""
    return shown.lead < 0 if shown.lead else shown.a_first_left


def lease_end(study: Study) -> datetime:
    return timezone.now() + timedelta(seconds=study.lease_s)


def reclaim(study: Study) -> int:
    """Frees the places of raters who left, and says how many."""
    return hand_back(Assignment.objects.overdue(study))


def reclaim_all() -> int:
    """The same for every study that is collecting."""
    return sum(reclaim(study) for study in Study.objects.filter(status=Study.Status.COLLECTING))


def hand_back(assignments: AssignmentQuerySet, most: int | None = None) -> int:
    """Lets others have the places of these, or of the first so many; says how many it freed."""
    freed = 0
    for assignment in assignments.select_related("comparison"):
        if freed == most:
            break
        with transaction.atomic():
            # As it was read, in the UPDATE: its rater may have answered or renewed it since.
            as_read = {"pk": assignment.pk, "lease_until": assignment.lease_until, "ahead": assignment.ahead}
            if Assignment.objects.held().filter(**as_read).update(state=Assignment.State.EXPIRED):
                free_place_of(assignment)
                freed += 1
    return freed


def others_hold(rater: Rater, study: Study) -> bool:
    """Whether what is left for this rater is with other raters now, and comes back if they leave it."""
    enrolment = study.enrolments.get(rater=rater)
    if not left_under_cap(rater, study):
        return False
    theirs = study.comparisons.regular().unseen_by(rater, study).filter(status=Comparison.Status.OPEN)
    theirs = theirs.filter(wanted_hazards(enrolment))
    held = Assignment.objects.with_a_place().filter(state=Assignment.State.LEASED)
    return theirs.filter(assignments__in=held).exists()
