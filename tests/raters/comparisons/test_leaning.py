"""Gold of one arm alone, or far more of it than chance gives, is told; which arm is not."""

import math

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent
from raters.comparisons.gold import make_gold
from raters.comparisons.leaning import leaning, leans, of_practice
from raters.models import Study
from raters.rubrics.presets import PRESETS
from raters.studies.design import lock
from tests import builders
from tests.raters.comparisons.test_sides import study_of_two_candidates


def with_gold(verdicts: str) -> Study:
    """One gold comparison for each letter; t is a tie."""
    study = builders.study(prompts=len(verdicts) + 1)
    for row, letter in zip(study.comparisons.order_by("pk"), verdicts, strict=False):
        make_gold(row, {"t": "tie"}.get(letter, letter), "because")
    return study


@pytest.mark.parametrize("verdicts", ["", "a", "ab", "abb", "at", "aabbbb", "aaaabbb", "ttttt"])
def test_what_chance_gives_is_not_told(db, verdicts):
    assert leaning(with_gold(verdicts)) == []


@pytest.mark.parametrize("letter", ["a", "b"])
def test_gold_of_one_arm_alone_is_told_in_the_same_words_for_either(db, letter):
    told = leaning(with_gold(3 * letter + "t"))
    assert told == ["All 3 gold verdicts are for the same arm: choose some of the other."]


def test_one_arm_far_beyond_chance_is_told(db):
    told = leaning(with_gold("b" + 8 * "a"))
    assert told == ["8 of 9 gold verdicts are for the same arm: choose more of the other."]


def test_it_is_told_below_five_in_a_hundred_by_the_exact_test():
    for most, n in ((8, 9), (7, 9), (15, 20), (14, 20)):
        tail = sum(math.comb(n, k) for k in range(most, n + 1)) / 2**n
        assert leans(most, n) == (2 * tail < 0.05)


def test_each_candidate_is_looked_at_by_itself(db):
    """Three for one candidate and three against the other are even together and lean in either pair."""
    study = study_of_two_candidates(ratings=1)
    for arm, verdict in zip(study.arms.filter(role="candidate"), "ab", strict=True):
        for row in study.comparisons.filter(arm_a=arm).order_by("pk")[:3]:
            make_gold(row, verdict, "because")
    assert leaning(study) == 2 * ["All 3 gold verdicts are for the same arm: choose some of the other."]


def test_practice_whose_better_response_always_stands_on_one_side_is_told():
    (told,) = of_practice([{"verdict": "a"}, {"verdict": "tie"}, {"verdict": "a"}])
    assert told == "All 2 better responses of the practice stand on the same side: turn some."


@pytest.mark.parametrize("kind", sorted(PRESETS))
def test_our_own_practice_leans_no_way(kind):
    practice = PRESETS[kind].values()["training"]["practice"]
    assert list(of_practice(practice)) == [] and len(practice) == 5


def test_the_page_of_gold_and_that_of_a_draft_tell_it_and_the_log_keeps_it(client, researcher, db):
    study = with_gold("aaa")
    client.force_login(researcher)
    told = "All 3 gold verdicts are for the same arm"
    assert told in client.get(reverse("dashboards:gold", args=[study.slug])).text
    assert told not in client.get(reverse("dashboards:study", args=[study.slug])).text
    Study.objects.update(status="draft")
    study.refresh_from_db()
    assert told in client.get(reverse("dashboards:study", args=[study.slug])).text
    lock(study)
    (kept,) = AuditEvent.objects.filter(action="study.locked").latest("pk").detail["leaning"]
    assert told in kept
