"""No rater judges more of a study than it lets one person judge."""

import pytest
from django.urls import reverse

from raters import judging
from raters.assignment import claim_ahead, claim_next, others_hold
from raters.comparisons.gold import make_gold
from raters.models import Assignment
from raters.studies.design import describe
from tests import builders
from tests.raters.working import answer, work


@pytest.fixture
def study(db):
    return builders.study(prompts=6, ratings=2, gold_every=0, most_per_rater=4)


def test_a_rater_gets_as_many_as_the_cap_and_others_the_rest(study):
    done = [len(list(work(builders.rater(study, name), study))) for name in ("ana", "ben", "cem", "dea")]
    assert done == [4, 4, 4, 0]
    assert {row.ratings_taken for row in study.comparisons.all()} == {2}


def test_what_is_skipped_is_not_counted(study):
    rater = builders.rater(study)
    judging.skip(claim_next(rater, study))
    assert len(list(work(rater, study))) == 4


def test_neither_gold_nor_a_repeat_takes_of_it(db):
    study = builders.study(
        prompts=12, ratings=2, gold_every=3, repeat_every=3, repeat_gap=1, most_per_rater=6
    )
    for row in study.comparisons.all()[:4]:
        make_gold(row, "a", "By hand.")
    given = list(work(builders.rater(study), study))
    regular = [one for one in given if one.comparison.kind == "regular" and one.repeat_of_id is None]
    assert len(regular) == 6 and len(given) > 6


def test_nothing_is_fetched_ahead_beyond_it(study):
    rater = builders.rater(study)
    for _ in range(3):
        answer(claim_next(rater, study))
    assert claim_next(rater, study)
    assert claim_ahead(rater, study) is None


def test_at_the_cap_nobody_elses_place_is_taken(study):
    ana, ben = builders.rater(study, "ana"), builders.rater(study, "ben")
    list(work(ana, study))
    claim_next(ben, study), claim_ahead(ben, study)
    assert claim_next(ana, study) is None
    assert Assignment.objects.filter(rater=ben, state="leased").count() == 2 and not others_hold(ana, study)


def test_the_page_says_that_it_is_reached(client, study):
    rater = builders.rater(study)
    client.force_login(rater.user)
    assert "0 of 4 answered" in client.get(reverse("raters:next", args=[study.public_id]), follow=True).text
    list(work(rater, study))
    page = client.get(reverse("raters:next", args=[study.public_id]), follow=True).text
    assert "as many as one person may" in page and "I am finished" in page


def test_it_is_part_of_the_locked_design(study):
    assert describe(study)["most_per_rater"] == 4
