"""The step that collects: opens studies within the plan's budget, waits for judgments, closes what is complete."""

from django.db import transaction

from assay.evaluations.budgets import keep_to_judgments, wanted_by
from assay.evaluations.deciding import sequence_verdict
from assay.evaluations.models import Evaluation, EvaluationRun, EvaluationStep, RunStudy
from assay.evaluations.questioning import ask, has_replied, replies_so_far
from assay.evaluations.stepping import NotYet, StepFailed
from raters.models import Judgment, Study
from raters.studies.design import lock
from raters.studies.phases import take
from raters.studies.progress import unanswered


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
    try:
        with transaction.atomic():
            Evaluation.objects.select_for_update().get(
                pk=run.evaluation_id
            )  # two runs spend one budget in turn
            refuse_if_stopped(run)
            keep_to_judgments(run, study)
            lock(study)
            ask(run, asked)
    except ValueError as error:
        raise StepFailed(str(error)) from error


def refuse_if_stopped(run: EvaluationRun) -> None:
    """Raises: StepFailed if the run was cancelled while this step began; until we are done, it cannot be."""
    now = EvaluationRun.objects.select_for_update().get(pk=run.pk)
    if now.status != EvaluationRun.Status.RUNNING:
        raise StepFailed(f"{run} is {now.status}")


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
        step.say(f"{asked.label}: complete")
        return True
    if run.version.stops_early and (verdict := sequence_verdict(asked)) and verdict.is_final:
        step.say(f"{asked.label}: stopped early after {verdict.prompts} prompts, by the plan's rule")
        return True
    return False
