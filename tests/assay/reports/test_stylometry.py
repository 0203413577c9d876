"""How well style alone tells the arms apart is measured, since it cannot be hidden."""

from assay.reports.stylometry import guesses_between
from generation.models import Response
from tests import builders


def guessed(study) -> float:
    guesses = guesses_between(study, *study.arms.order_by("pk"))
    return guesses.right / guesses.n


def test_arms_of_one_style_are_told_apart_no_better_than_by_a_coin(db):
    study = builders.study(prompts=60)
    for response in Response.objects.all():
        Response.objects.filter(pk=response.pk).update(turns=["word " * (7 * response.pk % 31 + 1)])
    assert 0.3 < guessed(study) < 0.7  # 60 fair tosses lie there with probability 0.998


def test_an_arm_that_always_writes_lists_is_told_apart(db):
    study = builders.study(prompts=30)
    for row in study.comparisons.all():
        Response.objects.filter(pk=row.response_a_id).update(turns=["Sure!\n\n- one\n- two\n- three"])
    assert guessed(study) == 1.0


def test_too_few_pairs_give_no_measure(db):
    study = builders.study(prompts=5)
    assert guesses_between(study, *study.arms.order_by("pk")) is None
