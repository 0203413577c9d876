"""What holds of assignments and judgments after every step, whoever did what."""

from collections import Counter
from datetime import datetime
from itertools import groupby

from django.db.models import Count, Q
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine, invariant

from raters.models import Assignment, Judgment, Study
from raters.quality.contested import contested

RATINGS = 2
HELD_AT_ONCE = 2  # by one rater: the comparison on the screen, and the next, fetched ahead


class Promises(RuleBasedStateMachine):
    """The invariants of a study; `judgments`, `sides` and `screens` hold what was there after the last step."""

    study: Study
    judgments: dict[int, tuple]
    sides: dict[int, bool]
    screens: dict[int, datetime]

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
    def a_side_once_drawn_stays_and_answers_are_about_what_stood_there(self) -> None:
        now = dict(Assignment.objects.values_list("pk", "a_is_left"))
        assert {pk: now.get(pk) for pk in self.sides} == self.sides
        self.sides = now
        for said in Judgment.objects.values("assignment", "raw_answer", "preference"):
            a_side, b_side = ("left", "right") if now[said["assignment"]] else ("right", "left")
            assert said["preference"] == {a_side: "a", b_side: "b", "same": "tie"}[said["raw_answer"]]

    @invariant()
    def nobody_loses_what_is_on_their_screen_before_its_lease_ends(self) -> None:
        expired = Assignment.objects.filter(state="expired", pk__in=self.screens).values_list("pk", flat=True)
        assert all(self.screens[pk] < timezone.now() for pk in expired)
        shown = Assignment.objects.filter(state="leased", ahead=False)
        self.screens = dict(shown.values_list("pk", "lease_until"))

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
