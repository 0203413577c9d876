"""Recording what a rater decided: once per submit, in the comparison's own terms, never overwriting."""

from datetime import datetime
from enum import Enum
from typing import Any, Literal

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from raters.models import Assignment, Comparison, Enrolment, Judgment, SafetyLabel, Study
from raters.models.prepared import Prepared, PreparedUpdate
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
    rubric = assignment.comparison.study.rubric
    check(answer, rubric)
    latest, state = None, settle_in_time(assignment, counts)
    if state is None:
        held = Assignment.objects.get(pk=assignment.pk)
        latest = held.judgments.current().first() if held.is_answered else None
        if latest and says_the_same(latest, answer):
            return Receipt.REPEATED
        if latest and not counts:
            return Receipt.CLOSED
        state = settle_late(held, counts)
    terms = own_terms(answer, rubric, a_is_left=assignment.a_is_left)
    judgment = Judgment.objects.create(assignment=assignment, supersedes=latest, **terms)
    SafetyLabel.objects.bulk_create(labels(judgment, answer))
    return Receipt.SURPLUS if state == Assignment.State.SURPLUS else Receipt.COUNTED


def lock_place(assignment: Assignment) -> Enrolment | None:
    return locked_enrolment(assignment.rater_id, assignment.comparison.study_id)


def locked_enrolment(rater_id: int, study_id: int) -> Enrolment | None:
    """The rater's place in the study, locked until the transaction ends; None if they have none.

    Every step of a rater (claim, answer, skip) takes this one lock first: two tabs wait for each other, a second submit
    of one page sees the first one's judgment, and no two steps can lock the same rows in different orders.
    """
    return LOCKED.first(rater_id, study_id)


def _locked(rater: int, study: int) -> QuerySet[Enrolment, Enrolment]:
    return Enrolment.objects.locked().filter(rater=rater, study=study)


LOCKED = Prepared(_locked)


def says_the_same(judgment: Judgment, answer: Answer) -> bool:
    return (judgment.idempotency_key, judgment.raw_answers, judgment.comment) == (
        answer.idempotency_key,
        answer.raw(),
        answer.comment,
    )


def settle_in_time(assignment: Assignment, counts: bool) -> str | None:
    """Moves what is still leased to where its answer puts it, and says where: done, or surplus. None if it is not."""
    state = Assignment.State.DONE if counts else Assignment.State.SURPLUS
    if not SETTLE(assignment.pk, str(state)):
        return None
    if not counts:
        free_place_of(assignment)
    return state


def settle_late(assignment: Assignment, counts: bool) -> str:
    """The same for one whose lease ran out; one that was answered before stays where that answer put it."""
    row = Assignment.objects.filter(pk=assignment.pk)
    if assignment.is_answered:
        row.update(untallied=True)
        return assignment.state
    wanted = counts and is_still_wanted(assignment)
    state = Assignment.State.DONE if wanted else Assignment.State.SURPLUS
    row.update(state=state, draft={}, untallied=True)
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
    return bool(TAKE(comparison_id))


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
    if not assignment.shown_at:
        SHOW(assignment.pk, timezone.now())


Update = tuple[QuerySet[Any, Any], dict[str, Any]]


def _settle(pk: int, state: str) -> Update:
    # The state in the UPDATE itself: a sweep may take the lease back at this very moment.
    leased = Assignment.objects.filter(pk=pk, state=Assignment.State.LEASED)
    return leased, {"state": state, "draft": {}, "untallied": True}


def _show(pk: int, now: datetime) -> Update:
    return Assignment.objects.filter(pk=pk, shown_at=None), {"shown_at": now}


def _take(comparison: int) -> Update:
    wanting = Comparison.objects.wanting_ratings().filter(pk=comparison)
    return wanting, {"ratings_taken": F("ratings_taken") + 1}


SETTLE, SHOW, TAKE = PreparedUpdate(_settle), PreparedUpdate(_show), PreparedUpdate(_take)
