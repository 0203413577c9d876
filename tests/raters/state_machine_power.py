"""The state machine finds what it is there to find: each fault that is put into the code breaks a promise."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import F
from hypothesis import Phase

from raters import assignment, judging
from raters.models import Assignment, Enrolment
from raters.models.comparisons import AssignmentQuerySet, ComparisonQuerySet
from raters.models.judgments import JudgmentQuerySet
from raters.quality import contested
from raters.rubrics.answers import own_terms
from tests.raters import test_state_machine


def while_wanted_or_full(self):
    return self.filter(status="open", ratings_taken__lte=F("ratings_wanted"))


def with_repeats(self, study):
    return self.current().filter(
        assignment__state="done", assignment__purpose="rating", assignment__comparison__kind="regular"
    )


def with_gold(self, study):
    return self.current().filter(
        assignment__state="done", assignment__purpose="rating", assignment__repeat_of=None
    )


def as_if_a_stood_left(answer, rubric, *, a_is_left):
    return own_terms(answer, rubric, a_is_left=True)


def one_more_each_time(rater, study):
    enrolment = assignment.locked_enrolment(rater.pk, study.pk)
    return assignment.take_free(enrolment, ahead=True) if enrolment and enrolment.may_claim else None


def drawn_again(leased, study, state, *, ahead=False):
    """A lease that draws the side anew."""
    Assignment.objects.filter(pk=leased.pk).update(a_is_left=not leased.a_is_left)
    return LEASE(leased, study, state, ahead=ahead)


LEASE = assignment.lease
FAULTS: dict[str, tuple[Any, str, Any]] = {
    "leases are taken back while they run": (AssignmentQuerySet, "overdue", lambda self, *_: self.held()),
    "leases that ran out are never taken back": (AssignmentQuerySet, "overdue", lambda self, *_: self.none()),
    "one rating more than wanted": (ComparisonQuerySet, "wanting_ratings", while_wanted_or_full),
    "a late answer takes no place again": (judging, "is_still_wanted", lambda _: True),
    "a place that is given up is not given back": (assignment, "free_place_of", lambda _: None),
    "a skipped place is not given back": (judging, "free_place_of", lambda _: None),
    "a place is not taken": (assignment, "take_place", lambda _: True),
    "the side is not looked at": (judging, "own_terms", as_if_a_stood_left),
    "the side is drawn again": (assignment, "lease", drawn_again),
    "a stands left for everybody": (assignment, "draw_side", lambda *_: True),
    "a second submit is a second answer": (judging, "says_the_same", lambda *_: False),
    "the last word is not known": (JudgmentQuerySet, "current", lambda self: self.none()),
    "superseded answers are current": (JudgmentQuerySet, "current", lambda self: self.all()),
    "repeats count": (JudgmentQuerySet, "counted", with_repeats),
    "gold counts": (JudgmentQuerySet, "counted", with_gold),
    "who is paused goes on": (Enrolment, "counts", property(lambda self: True)),
    "more and more is fetched ahead": (test_state_machine, "claim_ahead", one_more_each_time),
    "what is fetched ahead is never given up": (
        assignment,
        "fetched_by_others",
        lambda _: Assignment.objects.none(),
    ),
    "what is fetched ahead is given to others at once": (
        AssignmentQuerySet,
        "ahead",
        AssignmentQuerySet.held,
    ),
    "who rated it decides it": (contested, "waiting_for", lambda place: contested.contested(place.study)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS)
def test_the_machine_finds_what_is_wrong(monkeypatch, fault):
    place, name, faulty = FAULTS[fault]
    monkeypatch.setattr(place, name, faulty)
    judging.TAKE.written.cache_clear()  # its SQL is written once, maybe before the fault
    try:
        with pytest.raises((AssertionError, IntegrityError)):
            test_state_machine.let_them(
                examples=300, phases=[Phase.generate], derandomize=True, database=None
            )
    finally:
        judging.TAKE.written.cache_clear()
