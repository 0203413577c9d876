"""Forty raters at once, in real threads and on real connections: exactly the wanted ratings, whatever they do."""

import random
import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Count, F

from raters import judging
from raters.assignment import claim_next, others_hold
from raters.models import Assignment, Comparison, Judgment, Rater, Study
from tests import builders
from tests.raters.working import answer, let_leases_run_out

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 40


def at_once(study: Study, work: Callable[[Rater, int], None]) -> None:
    """Each of forty raters does this work in a thread of their own; what one of them raises is raised."""
    raters = [builders.rater(study, f"rater{number}") for number in range(CROWD)]
    errors: list[BaseException] = []
    start = threading.Barrier(CROWD)

    def run(rater: Rater, number: int) -> None:
        try:
            start.wait()
            work(rater, number)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(rater, number)) for number, rater in enumerate(raters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def check(study: Study, wanted: int) -> None:
    """None over, none under, none doubled, and the counter says what the rows say."""
    taken = study.comparisons.values_list("ratings_taken", flat=True)
    assert set(taken) == {wanted}
    held = Assignment.objects.with_a_place().filter(state__in=["done", "leased"])
    recount = held.values("comparison").annotate(n=Count("pk")).values_list("n", flat=True)
    assert list(recount) == [wanted] * study.comparisons.count()
    assert Judgment.objects.counted(study).count() == wanted * study.comparisons.count()
    doubled = Assignment.objects.with_a_place().values("rater", "comparison__prompt").annotate(n=Count("pk"))
    assert not doubled.filter(n__gt=1).exists()
    assert not Comparison.objects.filter(ratings_taken__gt=F("ratings_wanted")).exists()


def test_forty_raters_at_once_give_exactly_three_ratings_each():
    study = builders.study(prompts=20, ratings=3)

    def work(rater: Rater, number: int) -> None:
        while assignment := claim_next(rater, study):
            answer(assignment)

    at_once(study, work)
    check(study, wanted=3)


def test_raters_who_skip_leave_and_come_too_late_change_no_count():
    study = builders.study(prompts=12, ratings=3)

    def work(rater: Rater, number: int) -> None:
        chance = random.Random(number)
        while assignment := claim_next(rater, study):
            deed = chance.random()
            if deed < 0.15:
                judging.skip(assignment)
            elif deed < 0.3:
                return  # the tab is closed: the lease lapses
            elif deed < 0.4:
                Assignment.objects.filter(pk=assignment.pk, state="leased").update(
                    lease_until="2026-01-01T00:00Z"
                )
                claim_next(rater, study)
                answer(assignment)  # perhaps after somebody else took the place
            else:
                answer(assignment)

    at_once(study, work)
    let_leases_run_out()
    for number in range(6):  # others finish what was left
        late = builders.rater(study, f"late{number}")
        while assignment := claim_next(late, study):
            answer(assignment)
    check(study, wanted=3)


def test_nobody_is_told_that_nothing_is_left_while_a_place_is_free():
    """As many raters as places, one each: the last place is found by whoever is slowest."""
    study = builders.study(prompts=10, ratings=4)
    given = []

    def work(rater: Rater, number: int) -> None:
        assignment = claim_next(rater, study)
        given.append(assignment is not None)
        if assignment:
            answer(assignment)

    at_once(study, work)
    assert given == [True] * CROWD
    check(study, wanted=4)
    assert not others_hold(builders.rater(study, "late"), study)


def test_two_tabs_of_each_rater_hold_one_comparison():
    study = builders.study(prompts=30, ratings=3)
    raters = [builders.rater(study, f"tabbed{number}") for number in range(CROWD // 2)]

    def work(_: Rater, number: int) -> None:
        claim_next(raters[number // 2], study)

    at_once(study, work)
    held = Assignment.objects.filter(rater__in=raters).values("rater").annotate(n=Count("pk"))
    assert [row["n"] for row in held] == [1] * len(raters)
