"""Who judges what next: exactly the wanted ratings for each comparison, whoever else asks at the same time."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from raters.judging import give_place_back, take_place
from raters.models import Assignment, Comparison, Enrolment, Rater, Study

TRIES = 8  # comparisons read at a time; where others take all their places first, the next ones are read


def claim_next(rater: Rater, study: Study) -> Assignment | None:
    """The comparison this rater holds already, else a new one; None if the study has nothing for them now.

    The lease is renewed either way. Random: order and sides follow from the study's stored secret.
    """
    if study.status != Study.Status.COLLECTING or not may_work(rater, study):
        return None
    reclaim(study)
    return renew(rater, study) or claim_new(rater, study)


def may_work(rater: Rater, study: Study) -> bool:
    """Whether the rater takes part and has come to the work; people never judge beside simulated raters."""
    if (rater.kind == Rater.Kind.SIMULATED) != (study.simulation is not None):
        return False
    return Enrolment.objects.filter(
        study=study, rater=rater, step=Enrolment.Step.WORK, status=Enrolment.Status.ACTIVE
    ).exists()


def renew(rater: Rater, study: Study) -> Assignment | None:
    """The assignment that the rater holds, with its lease counted from now; None if there is none."""
    held = Assignment.objects.of(rater, study).filter(state=Assignment.State.LEASED)
    held.update(lease_until=lease_end(study))
    return held.select_related("comparison").order_by("pk").first()


def claim_new(rater: Rater, study: Study) -> Assignment | None:
    # Each round that fails does so because somebody else got on, so the loop ends; giving up after one round
    # would tell a rater "nothing left" while places are free.
    while found := candidates(rater, study):
        for comparison in found:
            if assignment := assign(comparison, rater):
                return assignment
    return None


def candidates(rater: Rater, study: Study) -> list[Comparison]:
    """Comparisons with the fewest ratings first, in an order of this rater's own, which nobody can foresee."""
    wanting = study.comparisons.wanting_ratings().unseen_by(rater)
    places = sorted(
        wanting.values_list("ratings_taken", "pk"),
        key=lambda row: (row[0], keyed(study, "order", rater.pk, row[1])),
    )
    found = Comparison.objects.select_related("study").in_bulk([pk for _, pk in places[:TRIES]])
    return [found[pk] for _, pk in places[:TRIES] if pk in found]


@transaction.atomic
def assign(comparison: Comparison, rater: Rater) -> Assignment | None:
    """Takes a place in the comparison for the rater; None if others filled it in the meantime."""
    # Taking the place locks the comparison's row: the count of sides below cannot change under us.
    if not take_place(comparison):
        return None
    assignment, created = Assignment.objects.get_or_create(
        comparison=comparison,
        rater=rater,
        repeat_of=None,
        defaults={"a_is_left": draw_side(comparison, rater), "lease_until": lease_end(comparison.study)},
    )
    if not created and not retake(assignment):
        give_place_back(comparison)
        return None
    return assignment


def retake(assignment: Assignment) -> bool:
    """Gives an expired assignment back to its rater; False if it is not expired (a second tab was faster)."""
    expired = Assignment.objects.filter(pk=assignment.pk, state=Assignment.State.EXPIRED)
    lease_until = lease_end(assignment.comparison.study)
    return bool(expired.update(state=Assignment.State.LEASED, lease_until=lease_until))


def draw_side(comparison: Comparison, rater: Rater) -> bool:
    """Whether response a stands left: the side it has had less often in this comparison, else a coin of the study's."""
    sides = list(comparison.assignments.values_list("a_is_left", flat=True))
    lead = sides.count(True) - sides.count(False)
    return lead < 0 if lead else keyed(comparison.study, "side", rater.pk, comparison.pk) % 2 == 0


def keyed(study: Study, *parts: object) -> int:
    """A number drawn from the study's secret: repeatable for us, without pattern for anybody else."""
    text = ":".join(str(part) for part in (study.secret, *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def lease_end(study: Study) -> datetime:
    return timezone.now() + timedelta(seconds=study.lease_s)


def reclaim(study: Study) -> int:
    """Frees the places of raters who left, and says how many."""
    freed = 0
    for assignment in (
        Assignment.objects.overdue().filter(comparison__study=study).select_related("comparison")
    ):
        with transaction.atomic():
            # The filter again, in the UPDATE: the rater may have answered or renewed since the list was read.
            if Assignment.objects.overdue().filter(pk=assignment.pk).update(state=Assignment.State.EXPIRED):
                give_place_back(assignment.comparison)
                freed += 1
    return freed
