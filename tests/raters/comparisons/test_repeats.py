"""Planned repeats: the same comparison to the same rater, far apart, counted in no rate."""

import pytest

from assay.reports.judgments import columns_of
from assay.reports.refresh import refresh
from raters import judging
from raters.assignment import claim_next, reclaim
from raters.models import Assignment, Judgment
from raters.quality.measures import quality_of
from tests import builders
from tests.raters.working import answer, let_leases_run_out, work


@pytest.fixture
def repeating(db):
    """Every fourth comparison comes back, three or more others later."""
    return builders.study(prompts=24, ratings=2, repeat_every=4, repeat_gap=3, gold_every=0)


def repeats():
    return Assignment.objects.exclude(repeat_of=None)


def test_one_in_so_many_is_shown_twice_and_not_before_the_gap(repeating):
    given = list(work(builders.rater(repeating), repeating))
    places = {one.pk: place for place, one in enumerate(given)}
    gaps = [place - places[one.repeat_of_id] for place, one in enumerate(given) if one.repeat_of_id]
    assert len(given) == 30 and len(gaps) == 6 and min(gaps) > 3


def test_sides_are_swapped_or_drawn_anew_as_the_study_says(repeating):
    list(work(builders.rater(repeating, "ana"), repeating))
    assert all(one.a_is_left != one.repeat_of.a_is_left for one in repeats())
    repeating.repeat_swaps = False
    repeating.save()
    list(work(builders.rater(repeating, "ben"), repeating))
    drawn = repeats().filter(rater__user__username="ben")
    assert {one.a_is_left != one.repeat_of.a_is_left for one in drawn} == {True, False}


def test_repeats_count_in_no_rate_and_take_no_place(repeating):
    list(work(builders.rater(repeating), repeating))
    assert set(repeating.comparisons.values_list("ratings_taken", flat=True)) == {1}
    assert Judgment.objects.counted(repeating).count() == len(columns_of(repeating)["outcome"]) == 24
    assert refresh(repeating).left_out == {"judgments of planned repeats": 6}


def test_the_headline_is_the_same_to_the_last_bit_without_them(repeating):
    for name in ("ana", "ben"):
        list(work(builders.rater(repeating, name), repeating))
    headline = refresh(repeating).estimates.get(name="win_rate", slice="")
    repeating.repeat_every = 0
    repeating.save()
    Judgment.objects.exclude(assignment__repeat_of=None)._raw_delete(Judgment.objects.db)
    again = refresh(repeating).estimates.get(name="win_rate", slice="")
    assert (again.value, again.low, again.high, again.n) == (
        headline.value,
        headline.low,
        headline.high,
        headline.n,
    )


def test_a_repeat_that_is_skipped_or_lapses_gives_no_place_back(repeating):
    rater = builders.rater(repeating)
    while (held := claim_next(rater, repeating)).repeat_of_id is None:
        answer(held)
    taken = repeating.comparisons.get(pk=held.comparison_id).ratings_taken
    let_leases_run_out()
    reclaim(repeating)
    assert claim_next(rater, repeating).pk == held.pk  # what lapsed comes back
    judging.skip(held)
    assert repeating.comparisons.get(pk=held.comparison_id).ratings_taken == taken == 1
    assert claim_next(rater, repeating).pk != held.pk


def test_a_late_answer_to_a_repeat_is_kept_as_one(repeating):
    rater = builders.rater(repeating)
    while (held := claim_next(rater, repeating)).repeat_of_id is None:
        answer(held)
    let_leases_run_out()
    reclaim(repeating)
    assert answer(held) is judging.Receipt.COUNTED
    assert repeating.comparisons.get(pk=held.comparison_id).ratings_taken == 1


def test_self_agreement_is_told_for_each_rater_and_the_study(repeating):
    for name, fickle in (("ana", False), ("ben", True)):
        rater = builders.rater(repeating, name)
        while held := claim_next(rater, repeating):
            steady = "left" if held.a_is_left else "right"
            answer(held, "same" if fickle and held.repeat_of_id else steady)
    shares = {one.shares["self_agreement"].value for one in quality_of(repeating)}
    assert shares == {1.0, 0.0}


def test_a_study_without_the_setting_repeats_nothing(db):
    study = builders.study(prompts=24, ratings=1)
    list(work(builders.rater(study), study))
    assert not repeats().exists()


def test_no_prompt_is_met_twice_but_by_a_planned_repeat(repeating):
    given = list(work(builders.rater(repeating), repeating))
    firsts = [one.comparison.prompt_id for one in given if one.repeat_of_id is None]
    assert len(firsts) == len(set(firsts)) == 24
