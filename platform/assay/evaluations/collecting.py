"""The step that collects: opens studies within the plan's budget, waits for judgments, closes what is complete."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from assay.evaluations.deciding import sequence_verdict
from assay.evaluations.making import of_plan
from assay.evaluations.models import Evaluation, EvaluationRun, EvaluationStep, RunStudy
from assay.evaluations.questioning import ask, has_replied, replies_so_far
from assay.evaluations.stepping import NotYet, StepFailed
from raters.models import Assignment, Comparison, Judgment, Study
from raters.models.comparisons import ANSWERED
from raters.studies.design import lock
from raters.studies.phases import take


def collect(run: EvaluationRun, step: EvaluationStep) -> None:
    """Raises: NotYet until every study of the run is closed."""
    for asked in run.studies.select_related("study__rubric", "judging__run"):
        if asked.study.status == Study.Status.DRAFT:
            _open(run, asked)
        if asked.study.status == Study.Status.COLLECTING and _is_over(run, asked, step):
            take(asked.study, "finish")
    open_ones = run.studies.exclude(study__status=Study.Status.CLOSED)
    if open_ones.exists():
        raise NotYet(f"{progress_of(run)} are there")


def _open(run: EvaluationRun, asked: RunStudy) -> None:
    """Raises: NotYet while the plan's judgments of this week are used up, StepFailed if there is nothing to judge."""
    study = asked.study
    wanted = wanted_by(study)
    most = run.version.judgments_a_week
    if most is not None and wanted and (spent := judgments_spent(run.evaluation)) + wanted > most:
        if wanted > most:
            raise StepFailed(f"{study.slug} needs {wanted} judgments, and the plan has {most} a week")
        raise NotYet(f"{spent} of {most} judgments of this week are used; {wanted} are wanted", wait_s=60)
    try:
        with transaction.atomic():
            lock(study)
            ask(run, asked)
    except ValueError as error:
        raise StepFailed(str(error)) from error


def wanted_by(study: Study) -> int:
    shown = study.comparisons.regular().filter(status=Comparison.Status.OPEN)
    return int(shown.aggregate(wanted=Sum("ratings_wanted", default=0))["wanted"])


def judgments_spent(evaluation: Evaluation) -> int:
    """People's judgments of the last seven days in the plan's studies, and those that open studies still want."""
    studies = of_plan(evaluation)
    since = timezone.now() - timedelta(days=7)
    made = Judgment.objects.filter(assignment__comparison__study__in=studies, submitted_at__gte=since)
    made = made.exclude(assignment__purpose=Assignment.Purpose.JUDGE)
    waiting = Comparison.objects.regular().filter(
        study__in=studies.filter(status__in=[Study.Status.COLLECTING, Study.Status.PAUSED]),
        status=Comparison.Status.OPEN,
    )
    left = waiting.aggregate(n=Sum(F("ratings_wanted") - F("ratings_taken"), default=0))["n"]
    return made.count() + int(left)


def progress_of(run: EvaluationRun) -> str:
    """How much has come, of how much that is wanted."""
    parts = []
    if run.version.asks_people:
        studies = [asked.study for asked in run.studies.select_related("study")]
        made = sum(Judgment.objects.counted(study).count() for study in studies)
        parts.append(f"{made} of {sum(map(wanted_by, studies))} judgments")
    if run.version.judge:
        came, asked_for = replies_so_far(run)
        parts.append(f"{came} of {asked_for} replies of {run.version.judge}")
    return " and ".join(parts)


def _is_over(run: EvaluationRun, asked: RunStudy, step: EvaluationStep) -> bool:
    """Whether everybody who is asked has said what is wanted; a judge's replies are read as they come."""
    return has_replied(asked, step) and (not run.version.asks_people or _people_are_done(run, asked, step))


def _people_are_done(run: EvaluationRun, asked: RunStudy, step: EvaluationStep) -> bool:
    """Whether all wanted judgments are there, or the plan's own stopping rule says that more would change nothing."""
    if not unanswered(asked.study):
        step.say(f"{asked.study.slug}: complete")
        return True
    if run.version.stops_early and (verdict := sequence_verdict(asked)) and verdict.is_final:
        step.say(f"{asked.study.slug}: stopped early, {verdict.verdict} after {verdict.prompts} prompts")
        return True
    return False


def unanswered(study: Study) -> int:
    """Comparisons that still lack a judgment."""
    shown = study.comparisons.regular().filter(status=Comparison.Status.OPEN)
    return shown.annotate(answered=ANSWERED).filter(answered__lt=F("ratings_wanted")).count()
