"""Whatever raters do, in whatever order: assignments and judgments keep what was promised of them."""

from collections import Counter
from datetime import timedelta
from itertools import groupby

import pytest
import time_machine
from django.db import transaction
from django.db.models import Count, Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from raters import judging
from raters.answers import Answer
from raters.assignment import claim_next, reclaim
from raters.contested import claim_contested, contested, set_senior
from raters.models import Assignment, Comparison, Judgment
from raters.pausing import pause, release
from tests import builders

RATINGS, LEASE_S = 2, 600
HELD_AT_ONCE = 1  # by one rater; a page that fetches the next comparison beforehand holds 2
RATERS = st.integers(0, 3)


class Work(RuleBasedStateMachine):
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
        self.judgments: dict[int, tuple] = {}
        self.keys = 0

    def teardown(self) -> None:
        self.clock.stop()

    def held(self, number: int) -> Assignment | None:
        return Assignment.objects.filter(rater=self.raters[number], state="leased").first()

    def key(self) -> str:
        self.keys += 1
        return f"key-number-{self.keys:012d}"

    # What happens ──────────────────────────────────────────────────────────────────────────────────────────────

    @initialize(answers=st.tuples(*[st.integers(0, 8)] * 3), leans=st.tuples(*[st.booleans()] * 3))
    def some_have_been_at_work(self, answers: tuple[int, ...], leans: tuple[bool, ...]) -> None:
        """Most examples begin in the middle of a study, where repeats are due and raters are split."""
        for rater, wanted, leans_to_a in zip(self.raters, answers, leans, strict=False):
            for _ in range(wanted):
                if held := claim_next(rater, self.study):
                    judging.record(
                        held, Answer("left" if held.a_is_left == leans_to_a else "right", self.key())
                    )

    @rule(number=RATERS)
    def leave_the_page_open(self, number: int) -> None:
        """What comes next lapses on the screen, a repeat as well as a first showing."""
        if claim_next(self.raters[number], self.study):
            self.time.shift(timedelta(seconds=LEASE_S + 1))
            reclaim(self.study)

    @rule(number=RATERS)
    def claim(self, number: int) -> None:
        claim_next(self.raters[number], self.study)

    @rule(number=RATERS, value=st.sampled_from(["left", "same", "right"]))
    def answer(self, number: int, value: str) -> None:
        if held := self.held(number):
            judging.record(held, Answer(value, self.key()))

    @rule(number=RATERS)
    def work(self, number: int) -> None:
        """Claims and answers until nothing is left: deep states are reached in few steps."""
        while held := claim_next(self.raters[number], self.study):
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

    # What always holds ─────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def no_comparison_has_more_ratings_than_wanted_and_the_counter_is_the_recount(self) -> None:
        in_place = Q(assignments__purpose="rating", assignments__repeat_of=None)
        in_place &= Q(assignments__state__in=["leased", "done"])
        for row in self.study.comparisons.annotate(recount=Count("assignments", filter=in_place)):
            assert row.recount == row.ratings_taken <= row.ratings_wanted

    @invariant()
    def a_rater_holds_no_more_than_fits_on_the_screen(self) -> None:
        leased = Assignment.objects.filter(state="leased", purpose="rating").values_list("rater", flat=True)
        assert max(Counter(leased).values(), default=0) <= HELD_AT_ONCE

    @invariant()
    def nobody_meets_a_prompt_twice_but_by_a_planned_repeat(self) -> None:
        firsts = Assignment.objects.filter(repeat_of=None).values_list("rater", "comparison__prompt")
        assert max(Counter(firsts).values(), default=0) <= 1
        for again in Assignment.objects.exclude(repeat_of=None).select_related("repeat_of"):
            first = again.repeat_of
            assert (again.rater_id, again.comparison_id) == (first.rater_id, first.comparison_id)
            assert first.state == "done" and first.repeat_of_id is None and again.a_is_left != first.a_is_left

    @invariant()
    def judgments_are_only_ever_added(self) -> None:
        now = {
            row[0]: row
            for row in Judgment.objects.values_list("pk", "assignment", "preference", "supersedes")
        }
        assert {pk: now.get(pk) for pk in self.judgments} == self.judgments
        self.judgments = now

    @invariant()
    def each_assignments_judgments_are_one_chain_with_one_last_word(self) -> None:
        rows = Judgment.objects.order_by("assignment", "pk").values_list("assignment", "pk", "supersedes")
        for _, versions in groupby(rows, key=lambda row: row[0]):
            chain = list(versions)
            assert [supersedes for *_, supersedes in chain] == [None, *(pk for _, pk, _ in chain[:-1])]
        current = Judgment.objects.current().values_list("assignment", flat=True)
        answered = Assignment.objects.filter(state__in=["done", "surplus"]).values_list("pk", flat=True)
        assert sorted(current) == sorted(answered)

    @invariant()
    def sides_are_balanced_within_each_comparison(self) -> None:
        rows = Assignment.objects.with_a_place().values_list("comparison", "a_is_left")
        for comparison, sides in groupby(sorted(rows), key=lambda row: row[0]):
            drawn = [left for _, left in sides]
            assert abs(drawn.count(True) - drawn.count(False)) <= 1, comparison

    @invariant()
    def rates_are_made_of_first_regular_answers_in_time_alone(self) -> None:
        for one in Judgment.objects.counted(self.study).select_related("assignment__comparison"):
            given = one.assignment
            assert given.takes_place and given.state == "done"
            assert (given.comparison.kind, given.comparison.status) == ("regular", "open")
        counted = Counter(
            Judgment.objects.counted(self.study).values_list("assignment__comparison", flat=True)
        )
        assert max(counted.values(), default=0) <= RATINGS

    @invariant()
    def what_is_decided_was_decided_by_one_who_had_not_rated_it(self) -> None:
        decided = Assignment.objects.filter(purpose="adjudication", state__in=["leased", "done"])
        assert max(Counter(decided.values_list("comparison", flat=True)).values(), default=0) <= 1
        for one in decided:
            assert not Assignment.objects.filter(
                rater=one.rater_id, comparison=one.comparison_id, purpose="rating"
            ).exists()
        assert set(contested(self.study)) <= set(
            self.study.comparisons.regular().values_list("pk", flat=True)
        )


@pytest.mark.django_db
def test_raters_may_do_what_they_like():
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

    run_state_machine_as_test(
        Undone,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
