"""How a study that collects is doing: counts held against judgments made by hand."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from analysis.proportions import wilson
from raters import judging
from raters.assignment import claim_next
from raters.comparisons.gold import make_gold
from raters.models import Assignment, Judgment
from raters.rubrics.answers import Answer
from raters.studies import health as health_module
from raters.studies.health import PairsAlike, Share, effective_pairs, health_of, pace
from raters.studies.progress import progress_of
from tests import builders


@pytest.fixture
def study(db):
    return builders.study(prompts=4, ratings=2, gold_every=0)


def judge(study, name, *values):
    """The rater gives these answers, one after the other."""
    rater = builders.rater(study, name)
    for value in values:
        judging.record(claim_next(rater, study), Answer(value, "a-key-of-sixteen-letters"))


def health(study):
    return health_of(study, progress_of(study))


def test_before_anything_happened_there_are_no_shares_and_no_end(study):
    found = health(study)
    assert (found.a_day, found.eta, found.leases, found.oldest_lease_minutes) == (0, None, 0, None)
    assert found.left == found.gold == found.fast == Share(0, 0)
    assert found.agreement == PairsAlike(0, 0) and found.agreement.interval is None
    assert found.left.value is None and found.left.interval is None


def test_the_left_share_is_of_choices_for_a_side(study):
    judge(study, "rita", "left", "left", "right", "same")
    assert health(study).left == Share(2, 3)


def test_agreement_counts_pairs_of_one_comparison(study):
    for name in ("rita", "otto"):
        judge(study, name, "same", "same", "same", "same")
    found = health(study).agreement
    assert (found.k, found.n, found.effective) == (4, 4, 4)


def test_pairs_of_one_comparison_tell_less_than_as_many_apart():
    """Three raters agree wholly on five comparisons and wholly differ on five: ten coins, not thirty."""
    cells = [(3, 3)] * 5 + [(0, 3)] * 5
    assert effective_pairs(cells, 0.5) == pytest.approx(9)
    low, high = (getattr(PairsAlike(15, 30, 9.0).interval, end) for end in ("low", "high"))
    assert high - low > 0.5 > 0.4 > 2 * (wilson(15, 30).high - 0.5)
    assert effective_pairs([(1, 1)], 1.0) == 1 and effective_pairs([(1, 1), (0, 1)] * 50, 0.5) <= 100


def test_the_end_lies_ahead_by_what_is_left_at_the_pace_so_far(study):
    judge(study, "rita", "same", "same")
    first = Judgment.objects.order_by("pk").first()
    QuerySet(Judgment).filter(pk=first.pk).update(submitted_at=timezone.now() - timedelta(hours=12))
    found = health(study)
    assert found.a_day == pytest.approx(4, rel=0.01)
    assert found.eta - timezone.now() == pytest.approx(timedelta(days=6 / 4), abs=timedelta(minutes=5))


def test_gold_right_counts_answers_as_is_known_to_be_right(study):
    rita, gold = builders.rater(study), study.comparisons.first()
    make_gold(gold, "tie", "by design", None)
    for right in (True, False):
        rater = rita if right else builders.rater(study, "otto")
        shown = Assignment.objects.create(
            comparison=gold, rater=rater, a_is_left=True, lease_until=timezone.now() + timedelta(hours=1)
        )
        judging.record(shown, Answer("same" if right else "left", "a-key-of-sixteen-letters"))
    assert health(study).gold == Share(1, 2)


def test_what_is_on_screens_is_counted_with_its_age(study):
    claim_next(builders.rater(study), study)
    Assignment.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    found = health(study)
    assert (found.leases, found.oldest_lease_minutes) == (1, 6)


@pytest.mark.parametrize("among", [1, 2, 3, 4, 100])
@pytest.mark.parametrize("newest", [1, 2, 3, 100])
def test_shares_are_of_the_studys_own_newest_judgments_however_many_others_came_since(
    study, monkeypatch, newest, among
):
    monkeypatch.setattr(health_module, "NEWEST", newest)
    monkeypatch.setattr(health_module, "AMONG", among)
    judge(study, "rita", "left", "left", "right")
    other = builders.study(prompts=4, ratings=2, gold_every=0, slug="other")
    judge(other, "otto", "right", "right")
    own = min(newest, 3)
    assert health(study).left == Share(own - 1, own) and health(study).fast.n == own
    assert health(other).left == Share(0, min(newest, 2))


@pytest.mark.parametrize(
    ("hours_ago", "a_day"),
    [
        ([], 0),
        ([25, 30], 0),  # nothing in the last day
        ([1, 0.5, 0], 72),  # three in the hour since the first
        ([24, 12], 2),
        ([25, 6, 3], 8),  # what came before the last day tells nothing of the pace
        ([0, 0], 2 * 24 * 60),  # two at this moment are no more than two a minute
    ],
)
def test_the_pace_is_that_of_the_last_day_or_since_the_first_judgment(hours_ago, a_day):
    now = timezone.now()
    assert pace([now - timedelta(hours=hours) for hours in hours_ago], now) == pytest.approx(a_day)


def test_a_study_whose_judgments_are_all_there_has_no_end_ahead(study):
    for name in ("rita", "otto"):
        judge(study, name, "same", "left", "right", "same")
    found = health(study)
    assert found.a_day > 0 and found.eta is None and found.leases == 0
    assert found.newest_at == Judgment.objects.order_by("pk").last().submitted_at
