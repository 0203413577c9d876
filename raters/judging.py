"""Recording what a rater decided: once per submit, in the comparison's own terms, never overwriting."""

from enum import Enum
from typing import Literal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from raters.models import Assignment, Comparison, Enrolment, Judgment, SafetyLabel, Study
from raters.rubrics.answers import Answer, check, labels, own_terms

Outcome = Literal["win", "tie", "loss"]
OUTCOMES: dict[str, Outcome] = {
    "a": "win",
    "tie": "tie",
    "b": "loss",
}  # of arm a; an unknown preference is a KeyError


class Receipt(Enum):
    """What became of a submit."""

    COUNTED = "counted"
    REPEATED = "repeated"  # the same submit came before; the stored one stands
    SURPLUS = "surplus"  # too late: others finished this comparison, or the study ended; kept, not counted
    CLOSED = "closed"  # a changed answer after the end: the one that was given in time stands


@transaction.atomic
def record(assignment: Assignment, answer: Answer) -> Receipt:
    """Stores the answer as the newest version of this assignment's judgment.

    Raises: ValueError if it is no answer to what the rubric asks. Random: nothing.
    """
    place = lock_place(assignment)
    counts = place is not None and place.counts
    held = Assignment.objects.get(pk=assignment.pk)
    rubric = assignment.comparison.study.rubric
    check(answer, rubric)
    latest = held.judgments.current().first() if held.is_answered else None
    if latest and says_the_same(latest, answer):
        return Receipt.REPEATED
    if latest and not counts:
        return Receipt.CLOSED
    state = settle(held, counts)
    terms = own_terms(answer, rubric, a_is_left=held.a_is_left)
    judgment = Judgment.objects.create(assignment=held, supersedes=latest, **terms)
    SafetyLabel.objects.bulk_create(labels(judgment, answer))
    return Receipt.SURPLUS if state == Assignment.State.SURPLUS else Receipt.COUNTED


def lock_place(assignment: Assignment) -> Enrolment | None:
    """The rater's place in the study, locked until the transaction ends; None if they have none.

    Every step of a rater (claim, answer, skip) takes this one lock first: two tabs wait for each other, a second submit
    of one page sees the first one's judgment, and no two steps can lock the same rows in different orders.
    """
    places = Enrolment.objects.locked().filter(rater=assignment.rater_id)
    return places.filter(study=assignment.comparison.study_id).first()


def says_the_same(judgment: Judgment, answer: Answer) -> bool:
    return (judgment.idempotency_key, judgment.raw_answers, judgment.comment) == (
        answer.idempotency_key,
        answer.raw(),
        answer.comment,
    )


def settle(assignment: Assignment, counts: bool) -> str:
    """Moves the assignment to where an answer puts it, and says where: done, or surplus if it comes too late."""
    if assignment.is_answered:
        Assignment.objects.filter(pk=assignment.pk).update(untallied=True)
        return assignment.state
    # The state again, in the UPDATE: a sweep may take the lease back at this very moment.
    leased = Assignment.objects.filter(pk=assignment.pk, state=Assignment.State.LEASED)
    state = Assignment.State.DONE if counts else Assignment.State.SURPLUS
    if leased.update(state=state, draft={}, untallied=True):
        if not counts:
            free_place_of(assignment)
        return state
    if counts and not is_still_wanted(assignment):
        state = Assignment.State.SURPLUS
    Assignment.objects.filter(pk=assignment.pk).update(state=state, draft={}, untallied=True)
    return state


def is_still_wanted(assignment: Assignment) -> bool:
    """Whether an answer after the lease still counts; a rating then takes its place again."""
    if assignment.purpose == Assignment.Purpose.ADJUDICATION:
        Study.objects.select_for_update().get(comparisons=assignment.comparison_id)  # as when one is claimed
        others = Assignment.objects.filter(comparison=assignment.comparison_id, purpose=assignment.purpose)
        return not others.filter(state__in=[Assignment.State.LEASED, Assignment.State.DONE]).exists()
    return not assignment.takes_place or take_place(assignment.comparison_id)


def take_place(comparison_id: int) -> bool:
    """Counts one more rating, if the comparison still wants one; one conditional UPDATE, so that no two can pass."""
    wanting = Comparison.objects.wanting_ratings().filter(pk=comparison_id)
    return bool(wanting.update(ratings_taken=F("ratings_taken") + 1))


def free_place_of(assignment: Assignment) -> None:
    """Gives back the place that the assignment holds; a repeat or an adjudication holds none."""
    if assignment.takes_place:
        held = Comparison.objects.filter(pk=assignment.comparison_id)
        held.update(ratings_taken=F("ratings_taken") - 1)


@transaction.atomic
def skip(assignment: Assignment, reason: str = "") -> None:
    """Hands the comparison to somebody else. Skipping what is already answered changes nothing."""
    lock_place(assignment)
    skipped = Assignment.objects.filter(pk=assignment.pk, state=Assignment.State.LEASED).update(
        state=Assignment.State.SKIPPED, skip_reason=reason[:500], draft={}
    )
    if skipped:
        free_place_of(assignment)


def outcome(judgment: Judgment) -> Outcome:
    """Win, tie or loss of arm a: the one place where a preference becomes an outcome."""
    return OUTCOMES[judgment.preference]


def now_shown(assignment: Assignment) -> None:
    """Notes when the rater first saw the comparison."""
    if assignment.shown_at:
        return
    Assignment.objects.filter(pk=assignment.pk, shown_at=None).update(shown_at=timezone.now())
