"""What counts against a plan's tokens of a day and its judgments of a week, to the last one."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from assay.evaluations.budgets import (
    judgments_spent,
    keep_to_judgments,
    keep_to_tokens,
    wanted_by,
)
from assay.evaluations.evaluating import Question
from assay.evaluations.models import EvaluationVersion, RunStudy
from assay.evaluations.starting import start
from assay.evaluations.stepping import NotYet, StepFailed
from generation.sampling import Sampling
from raters import judging
from raters.assignment import claim_next
from raters.models import Assignment, Judgment, Study
from raters.rubrics.answers import Answer
from tests import builders
from tests.assay.evaluations.conftest import checkpoint

pytestmark = pytest.mark.django_db
SAMPLING = Sampling(temperature=1.0, max_new_tokens=10)


@pytest.fixture
def run(plan, series):
    return start(plan, checkpoint(series, 100))


@pytest.fixture
def study(run) -> Study:
    """Of the run: four comparisons, two ratings each, none of them made."""
    made = builders.study(prompts=4, ratings=2)
    against = {"against": "baseline", "prompt_set_version": made.prompt_set_version}
    RunStudy.objects.create(run=run, study=made, **against)
    return made


def limited(run, **terms):
    EvaluationVersion.objects.filter(pk=run.version_id).update(**terms)
    run.version.refresh_from_db()
    return run


def sides(run, prompts, baseline):
    asked = Question(prompts, run.checkpoint, baseline, sampling=SAMPLING)
    return [(asked, run.checkpoint), (asked, baseline)]


def test_a_run_that_wants_more_than_a_day_has_begins_on_an_unused_day(run, prompts, baseline):
    keep_to_tokens(limited(run, tokens_a_day=1), sides(run, prompts, baseline))


def answered(study, username: str, n: int = 1) -> None:
    rater = builders.rater(study, username)
    for number in range(n):
        judging.record(claim_next(rater, study), Answer("same", f"a-key-of-{username}-{number:016}"))


def test_judgments_made_and_those_that_open_studies_still_want_count_once(run, study):
    assert judgments_spent(run.evaluation) == wanted_by(study) == 8
    answered(study, "rita", 3)
    assert judgments_spent(run.evaluation) == 8
    Study.objects.update(status="closed")
    assert judgments_spent(run.evaluation) == 3


@pytest.mark.parametrize(("status", "spent"), [("draft", 0), ("collecting", 8), ("paused", 8), ("closed", 0)])
def test_a_study_that_may_go_on_keeps_its_share_of_the_week(run, study, status, spent):
    Study.objects.update(status=status)
    assert judgments_spent(run.evaluation) == spent


def test_what_nobody_is_shown_is_wanted_by_nobody(run, study):
    held, gold = study.comparisons.order_by("pk")[:2]
    study.comparisons.filter(pk=held.pk).update(status="held")
    study.comparisons.filter(pk=gold.pk).update(kind="gold", gold_preference="a")
    assert wanted_by(study) == judgments_spent(run.evaluation) == 4


@pytest.mark.parametrize(("days", "spent"), [(6.9, 2), (7.1, 0)])
def test_a_week_is_seven_days(run, study, days, spent):
    answered(study, "rita", 2)
    Study.objects.update(status="closed")
    long_ago = timezone.now() - timedelta(days=days)
    QuerySet(Judgment).update(submitted_at=long_ago)  # past append-only
    assert judgments_spent(run.evaluation) == spent


def test_what_a_language_model_said_is_no_work_of_people(run, study):
    answered(study, "rita", 2)
    Assignment.objects.filter(pk=Assignment.objects.order_by("pk").first().pk).update(purpose="judge")
    Study.objects.update(status="closed")
    assert judgments_spent(run.evaluation) == 1


def test_judgments_of_other_plans_studies_are_none_of_this_ones(run, study):
    answered(builders.study(slug="winter"), "otto", 2)
    assert judgments_spent(run.evaluation) == 8


def test_a_study_that_takes_the_rest_of_the_week_opens_and_one_more_waits(run, study):
    Study.objects.update(status="draft")
    keep_to_judgments(limited(run, judgments_a_week=8), study)
    Study.objects.update(status="collecting")
    keep_to_judgments(limited(run, judgments_a_week=16), study)
    with pytest.raises(NotYet, match="8 of 15 judgments of this week are used; 8 are wanted"):
        keep_to_judgments(limited(run, judgments_a_week=15), study)
    with pytest.raises(
        StepFailed, match=r"baseline on set-of-autumn.* needs 8 judgments, and the plan has 7 a week"
    ):
        keep_to_judgments(limited(run, judgments_a_week=7), study)
