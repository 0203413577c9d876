"""How well style alone tells the arms apart is measured, since it cannot be hidden."""

from assay.reports.models import Report
from assay.reports.stylometry import style_estimates
from generation.models import Response
from tests import builders


def told(study):
    report = Report.objects.create(study=study, judgments=0, judgments_known=0)
    return next(style_estimates(report), None)


def test_arms_of_one_style_are_told_apart_no_better_than_by_a_coin(db):
    study = builders.study(prompts=60)
    for response in Response.objects.all():
        Response.objects.filter(pk=response.pk).update(turns=["word " * (7 * response.pk % 31 + 1)])
    assert 0.3 < told(study).value < 0.7  # 60 fair tosses lie there with probability 0.998


def test_an_arm_that_always_writes_lists_is_told_apart(db):
    study = builders.study(prompts=30)
    for row in study.comparisons.all():
        Response.objects.filter(pk=row.response_a_id).update(turns=["Sure!\n\n- one\n- two\n- three"])
    assert told(study).value == 1.0


def test_too_few_pairs_give_no_measure(db):
    assert told(builders.study(prompts=5)) is None


def test_the_number_stands_until_other_responses_are_shown(db, django_assert_max_num_queries):
    study = builders.study(prompts=30)
    first = told(study)
    first.save()
    with django_assert_max_num_queries(8):  # which reads no text
        assert told(study).value == first.value
    study.comparisons.filter(pk=study.comparisons.first().pk).update(status="excluded")
    assert told(study).n == first.n - 1
