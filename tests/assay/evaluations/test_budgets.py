"""What counts against a plan's tokens of a day and its judgments of a week, to the last one."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from assay.evaluations.budgets import (
    judgments_spent,
    keep_to_judgments,
    keep_to_tokens,
    tokens_spent,
    wanted_by,
)
from assay.evaluations.evaluating import Question
from assay.evaluations.models import EvaluationVersion, RunStudy
from assay.evaluations.starting import start
from assay.evaluations.stepping import NotYet, StepFailed
from generation.models import Response
from generation.runs import plan_run
from generation.sampling import Sampling
from promptsets.digests import text_digest
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


def wrote(by, tokens: int, hours_ago: float = 0) -> None:
    name = text_digest([by.name, str(tokens), str(hours_ago)])
    texts = {"turns": ["x"], "text_sha256": name, "prompt_sha256": name, "sampling_sha256": name}
    made = Response.objects.create(
        checkpoint=by, seed=0, status="ok", finish_reason="stop", n_output_tokens=tokens, **texts
    )
    ago = timezone.now() - timedelta(hours=hours_ago)
    Response.objects.filter(pk=made.pk).update(created_at=ago)


def limited(run, **terms):
    EvaluationVersion.objects.filter(pk=run.version_id).update(**terms)
    run.version.refresh_from_db()
    return run


def test_tokens_of_the_last_day_count_of_those_whom_the_plan_lets_write(run, series, baseline):
    other = checkpoint(series, 900)  # of the same series, not evaluated yet
    wrote(run.checkpoint, 7)
    wrote(run.checkpoint, 20, hours_ago=23.9)
    wrote(run.checkpoint, 400, hours_ago=24.1)
    for by in (other, baseline):  # the baseline's were brought in: nobody paid for them here
        wrote(by, 1000)
    assert tokens_spent(run.evaluation) == 27


def sides(run, prompts, baseline):
    asked = Question(prompts, run.checkpoint, baseline, sampling=SAMPLING)
    return [(asked, run.checkpoint), (asked, baseline)]


def wanted_tokens(run, prompts, baseline) -> int:
    wrote(run.checkpoint, 1)
    with pytest.raises(NotYet) as told:
        keep_to_tokens(limited(run, tokens_a_day=1), sides(run, prompts, baseline))
    return int(str(told.value).partition("about ")[2].partition(" ")[0].replace(",", ""))


def test_what_fits_to_the_last_token_goes_ahead_and_one_less_waits(run, prompts, baseline):
    wanted = wanted_tokens(run, prompts, baseline)
    assert wanted > 1
    keep_to_tokens(limited(run, tokens_a_day=wanted + 1), sides(run, prompts, baseline))
    with pytest.raises(NotYet, match=f"1 of {wanted:,} tokens of 24 hours are used") as told:
        keep_to_tokens(limited(run, tokens_a_day=wanted), sides(run, prompts, baseline))
    assert told.value.wait_s == 60


def test_a_run_that_wants_more_than_a_day_has_begins_on_an_unused_day(run, prompts, baseline):
    keep_to_tokens(limited(run, tokens_a_day=1), sides(run, prompts, baseline))


def test_without_a_limit_and_with_everything_planned_nothing_waits(run, prompts, baseline):
    wrote(run.checkpoint, 10**6)
    keep_to_tokens(run, sides(run, prompts, baseline))
    plan_run(run.checkpoint, prompts, SAMPLING)
    keep_to_tokens(limited(run, tokens_a_day=1), sides(run, prompts, baseline))


@pytest.mark.parametrize("differs", [{"seed": 1}, {"samples": 2}])
def test_what_is_planned_otherwise_is_not_what_is_asked(run, prompts, baseline, differs):
    plan_run(run.checkpoint, prompts, SAMPLING, **differs)
    with pytest.raises(NotYet):
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
