"""Whatever raters do, in whatever order: assignments and judgments keep what was promised of them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from raters import judging
from raters.assignment import claim_ahead, claim_next, reclaim
from raters.models import Assignment, Comparison, Judgment, Rater
from raters.quality.contested import claim_contested, set_senior
from raters.quality.pausing import pause, release
from raters.rubrics.answers import Answer
from tests import builders
from tests.raters.promises import RATINGS, Promises

LEASE_S = 600
RATERS = st.integers(0, 3)


class Work(Promises):
    """A small study with everything on: two ratings each, repeats, contested comparisons, one gold comparison."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel("2026-03-01T12:00Z", tick=False)
        self.time = self.clock.start()
        self.study = builders.study(
            prompts=6,
            ratings=RATINGS,
            lease_s=LEASE_S,
            repeat_every=2,
            repeat_gap=1,
            contested_split=True,
            gold_every=4,
        )
        gold = self.study.comparisons.order_by("pk").first()
        self.study.comparisons.filter(pk=gold.pk).update(kind="gold", ratings_wanted=100, gold_preference="a")
        self.raters = [builders.rater(self.study, f"rater{number}") for number in range(4)]
        self.judgments, self.sides, self.screens = {}, {}, {}
        self.keys = 0

    def teardown(self) -> None:
        self.clock.stop()

    def held(self, number: int) -> Assignment | None:
        return Assignment.objects.filter(rater=self.raters[number], state="leased").first()

    def key(self) -> str:
        self.keys += 1
        return f"key-number-{self.keys:012d}"

    def next_for(self, number: int) -> Assignment | None:
        """What the rater is given; nothing only if there is nothing for them, and to nobody who is paused."""
        rater = self.raters[number]
        found = claim_next(rater, self.study)
        at_work = self.study.enrolments.get(rater=rater).status == "active"
        assert at_work if found else not (at_work and self.is_there_something_for(rater))
        return found

    def is_there_something_for(self, rater: Rater) -> bool:
        """Whether a place is free in what the rater has not met: also one that is merely fetched ahead, or run out."""
        met = Assignment.objects.filter(rater=rater).exclude(state="expired").values("comparison")
        taken = Q(assignments__purpose="rating", assignments__repeat_of=None)
        on_a_screen = Q(assignments__state="leased", assignments__ahead=False)
        on_a_screen &= Q(assignments__lease_until__gte=timezone.now())
        taken &= Q(assignments__state="done") | on_a_screen
        open_ones = self.study.comparisons.regular().filter(status="open").exclude(pk__in=met)
        return open_ones.annotate(n=Count("assignments", filter=taken)).filter(n__lt=RATINGS).exists()

    @initialize(answers=st.tuples(*[st.integers(0, 8)] * 3), leans=st.tuples(*[st.booleans()] * 3))
    def some_have_been_at_work(self, answers: tuple[int, ...], leans: tuple[bool, ...]) -> None:
        """Most examples begin in the middle of a study, where repeats are due and raters are split."""
        for number, (wanted, leans_to_a) in enumerate(zip(answers, leans, strict=True)):
            for _ in range(wanted):
                if held := self.next_for(number):
                    judging.record(
                        held, Answer("left" if held.a_is_left == leans_to_a else "right", self.key())
                    )

    @rule(number=RATERS)
    def leave_the_page_open(self, number: int) -> None:
        """What comes next lapses on the screen, a repeat as well as a first showing."""
        if self.next_for(number):
            self.time.shift(timedelta(seconds=LEASE_S + 1))
            reclaim(self.study)

    @rule(number=RATERS)
    def claim(self, number: int) -> None:
        self.next_for(number)

    @rule(number=RATERS)
    def fetch_ahead(self, number: int) -> None:
        """What comes next comes to the page before it; there is none without something on the screen."""
        is_at_work = self.held(number) is not None
        assert claim_ahead(self.raters[number], self.study) is None or is_at_work

    @rule(number=RATERS, value=st.sampled_from(["left", "same", "right"]))
    def answer_and_go_on_to_what_was_fetched(self, number: int, value: str) -> None:
        held, ahead = self.next_for(number), claim_ahead(self.raters[number], self.study)
        if held and ahead:
            judging.record(held, Answer(value, self.key()))
            assert self.next_for(number) == ahead

    @rule(number=RATERS)
    def find_the_last_place(self, number: int) -> None:
        """Somebody else fetches ahead, and this rater works until there is nothing left but that."""
        other = (number + 1) % len(self.raters)
        if self.next_for(other):
            claim_ahead(self.raters[other], self.study)
        self.work(number)

    @rule(number=RATERS, value=st.sampled_from(["left", "same", "right"]))
    def answer(self, number: int, value: str) -> None:
        if held := self.held(number):
            judging.record(held, Answer(value, self.key()))

    @rule(number=RATERS)
    def work(self, number: int) -> None:
        """Claims and answers until nothing is left: deep states are reached in few steps."""
        while held := self.next_for(number):
            judging.record(
                held, Answer("left" if held.a_is_left == (number % 2 == 0) else "right", self.key())
            )

    @rule(number=RATERS)
    def send_twice(self, number: int) -> None:
        if held := self.held(number):
            answer = Answer("left", self.key())
            judging.record(held, answer)
            known = Judgment.objects.count()
            assert judging.record(held, answer) is judging.Receipt.REPEATED
            assert Judgment.objects.count() == known

    @rule(number=RATERS)
    def skip(self, number: int) -> None:
        if held := self.held(number):
            judging.skip(held, "cannot judge it")

    @rule(seconds=st.sampled_from([60, LEASE_S + 1]))
    def wait(self, seconds: int) -> None:
        """Who leaves the page open lets the lease lapse."""
        self.time.shift(timedelta(seconds=seconds))

    @rule()
    def sweep(self) -> None:
        reclaim(self.study)

    @rule(number=RATERS, value=st.sampled_from(["left", "same", "right"]))
    def answer_too_late(self, number: int, value: str) -> None:
        late = Assignment.objects.filter(rater=self.raters[number], state="expired").first()
        if late:
            judging.record(late, Answer(value, self.key()))

    @rule(number=RATERS, value=st.sampled_from(["left", "same", "right"]))
    def change_the_last_answer(self, number: int, value: str) -> None:
        done = Assignment.objects.filter(rater=self.raters[number], state__in=["done", "surplus"])
        if last := done.order_by("-pk").first():
            judging.record(last, Answer(value, self.key()))

    @rule(number=RATERS)
    def pause_or_release(self, number: int) -> None:
        place = self.study.enrolments.get(rater=self.raters[number])
        (release if place.status == "paused" else pause)(place, "to look at it")

    @precondition(lambda self: len(self.raters) < 6)
    @rule()
    def add_a_rater(self) -> None:
        self.raters.append(builders.rater(self.study, f"rater{len(self.raters)}"))

    @rule(position=st.integers(0, 5))
    def exclude_or_open_a_comparison(self, position: int) -> None:
        found = self.study.comparisons.order_by("pk")[position]
        other = "open" if found.status == "excluded" else "excluded"
        Comparison.objects.filter(pk=found.pk).update(status=other)

    @rule(number=RATERS, value=st.sampled_from(["left", "same", "right"]))
    def decide(self, number: int, value: str) -> None:
        set_senior(self.study.enrolments.get(rater=self.raters[number]), True)
        if held := claim_contested(self.raters[number], self.study):
            judging.record(held, Answer(value, self.key()))


class Undone(Work):
    """Each of hypothesis' examples begins with an empty database and leaves one."""

    def __init__(self) -> None:
        self.whole = transaction.atomic()
        self.whole.__enter__()
        super().__init__()

    def teardown(self) -> None:
        super().teardown()
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)


def let_them(examples: int, **more) -> None:
    """Runs the machine; raises what it finds."""
    run_state_machine_as_test(
        Undone,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            **more,
        ),
    )


@pytest.mark.django_db
def test_raters_may_do_what_they_like():
    let_them(examples=40)
