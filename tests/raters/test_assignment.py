"""Exactly the wanted ratings for each comparison, whoever asks, in whatever order."""

from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from raters import judging
from raters.access import assignment_of
from raters.assignment import claim_next, others_hold, reclaim
from raters.comparisons.places import first_places
from raters.judging import Receipt
from raters.models import Assignment, Comparison, Enrolment, Judgment
from tests import builders
from tests.raters.working import answer, let_leases_run_out


def test_a_rater_meets_every_prompt_once(study, rater):
    met = []
    while assignment := claim_next(rater, study):
        met.append(assignment.comparison.prompt.key)
        answer(assignment)
    assert sorted(met) == ["p0000", "p0001", "p0002"]


def test_asking_again_gives_the_comparison_already_held(study, rater):
    assert claim_next(rater, study).token == claim_next(rater, study).token
    assert Assignment.objects.count() == 1


def test_two_raters_work_through_the_prompts_in_different_orders(db):
    study = builders.study(prompts=12)
    orders = []
    for name in ("ana", "ben"):
        rater, order = builders.rater(study, name), []
        while assignment := claim_next(rater, study):
            order.append(assignment.comparison_id)
            answer(assignment)
        orders.append(order)
    assert sorted(orders[0]) == sorted(orders[1]) and orders[0] != orders[1]


def test_no_comparison_is_rated_more_often_than_wanted(db):
    study = builders.study(prompts=2, ratings=2)
    raters = [builders.rater(study, name) for name in ("ana", "ben", "cem")]
    for rater in raters * 3:
        if assignment := claim_next(rater, study):
            answer(assignment)
    assert [row.ratings_taken for row in study.comparisons.all()] == [2, 2]
    assert Judgment.objects.count() == 4


def test_the_database_itself_refuses_one_rating_too_many(study):
    with pytest.raises(IntegrityError), transaction.atomic():
        study.comparisons.update(ratings_taken=F("ratings_wanted") + 1)


def test_sides_are_balanced_within_a_comparison(db):
    study = builders.study(prompts=8, ratings=4)
    for name in ("ana", "ben", "cem", "dea"):
        rater = builders.rater(study, name)
        while assignment := claim_next(rater, study):
            answer(assignment)
    sides = Counter(Assignment.objects.values_list("comparison", "a_is_left"))
    assert set(sides.values()) == {2}


def test_a_place_whose_rater_left_goes_to_somebody_else(db):
    study = builders.study(prompts=1, ratings=1)
    claim_next(builders.rater(study, "ana"), study)
    ben = builders.rater(study, "ben")
    assert claim_next(ben, study) is None
    let_leases_run_out()
    assert claim_next(ben, study) is not None


def test_a_rater_who_comes_back_in_time_gets_the_same_comparison_again(db):
    study = builders.study(prompts=1, ratings=1)
    ana = builders.rater(study, "ana")
    first = claim_next(ana, study)
    let_leases_run_out()
    reclaim(study)
    again = claim_next(ana, study)
    assert again.pk == first.pk and study.comparisons.get().ratings_taken == 1


def test_an_answer_after_others_finished_is_kept_and_not_counted(db):
    study = builders.study(prompts=1, ratings=1)
    late = claim_next(builders.rater(study, "ana"), study)
    let_leases_run_out()
    answer(claim_next(builders.rater(study, "ben"), study))
    assert answer(late, "right") is Receipt.SURPLUS
    assert Judgment.objects.count() == 2 and Judgment.objects.counted(study).count() == 1


def test_an_answer_after_the_lease_counts_while_the_place_is_free(db):
    study = builders.study(prompts=1, ratings=1)
    late = claim_next(builders.rater(study, "ana"), study)
    let_leases_run_out()
    reclaim(study)
    assert answer(late) is Receipt.COUNTED
    assert study.comparisons.get().ratings_taken == 1


def test_skipping_hands_the_comparison_on(db):
    study = builders.study(prompts=1, ratings=1)
    ana, ben = builders.rater(study, "ana"), builders.rater(study, "ben")
    judging.skip(claim_next(ana, study), "too long")
    assert claim_next(ana, study) is None
    assert claim_next(ben, study) is not None


def test_skipping_what_is_answered_changes_nothing(study, rater):
    assignment = claim_next(rater, study)
    answer(assignment)
    judging.skip(assignment)
    assert Judgment.objects.counted(study).count() == 1
    assert Comparison.objects.get(pk=assignment.comparison_id).ratings_taken == 1


def test_nothing_is_given_out_while_a_study_is_paused(study, rater):
    study.status = "paused"
    study.save()
    assert claim_next(rater, study) is None


def test_people_get_nothing_from_a_simulated_study(study, rater):
    study.simulation = {"seed": 1}
    study.save()
    assert claim_next(rater, study) is None


def test_what_others_hold_is_told_from_what_is_finished(db):
    study = builders.study(prompts=1, ratings=1)
    ana, ben = builders.rater(study, "ana"), builders.rater(study, "ben")
    held = claim_next(ana, study)
    assert claim_next(ben, study) is None and others_hold(ben, study)
    answer(held)
    assert not others_hold(ben, study)


def test_a_claim_asks_the_database_seven_things(db, django_assert_max_num_queries):
    study = builders.study(prompts=5)
    rater = builders.rater(study)
    answer(claim_next(rater, study))
    with django_assert_max_num_queries(9):  # with the transaction's own two
        assert claim_next(rater, study)


def test_a_judgment_asks_the_database_three_things(study, rater, django_assert_max_num_queries):
    held = assignment_of(rater, claim_next(rater, study).token)
    with django_assert_max_num_queries(5):  # with the transaction's own two
        answer(held)


def test_comparisons_with_fewer_ratings_come_first(db):
    study = builders.study(prompts=4)
    ana, ben = builders.rater(study, "ana"), builders.rater(study, "ben")
    met = {"ana": set(), "ben": set()}
    for rater, seen in zip([ana, ana, ben, ben], [*["ana"] * 2, *["ben"] * 2], strict=True):
        held = claim_next(rater, study)
        met[seen].add(held.comparison_id)
        answer(held)
    assert not met["ana"] & met["ben"]


def test_the_ring_of_lots_has_no_end(study):
    enrolment = Enrolment.objects.get(rater=builders.rater(study), study=study)
    lots = dict(study.comparisons.values_list("lot", "pk"))
    assert first_places(enrolment, start=max(lots) + 1) == (None, lots[min(lots)])
    assert first_places(enrolment, start=max(lots)) == (None, lots[max(lots)])
