"""Who is asked once a study of a run is open: raters, a language model, or both; and when the model has replied."""

from django.db.models import Count

from assay.evaluations.models import EvaluationRun, EvaluationStep, RunStudy
from assay.evaluations.stepping import StepFailed
from generation.models import Chunk, RunResponse
from raters.judges import asking
from raters.models import Comparison, Enrolment, Rater, Study


def ask(run: EvaluationRun, asked: RunStudy) -> None:
    """Raises: ValueError if the plan's judge cannot be asked."""
    if run.version.asks_people:
        ask_people(run, asked.study)
    if run.version.judge and asked.study.comparisons.regular().filter(status=Comparison.Status.OPEN).exists():
        asked.judging = asking.ask(asked.study, run.version.judge, priority=run.version.priority)
        asked.save(update_fields=["judging"])


def ask_people(run: EvaluationRun, study: Study) -> None:
    """Raters who have come to the work in an earlier study of this plan, under the same guide, find this one too."""
    before = Enrolment.objects.filter(
        study__in=run.evaluation.studies.exclude(pk=study.pk),
        study__rubric=study.rubric,
        step__in=[Enrolment.Step.WORK, Enrolment.Step.EXIT],
        status=Enrolment.Status.ACTIVE,
        rater__kind=Rater.Kind.HUMAN,
    )
    for enrolment in before.select_related("rater"):
        known = {"consented_at": enrolment.consented_at, "declined_hazards": enrolment.declined_hazards}
        Enrolment.objects.get_or_create(study=study, rater=enrolment.rater, defaults=known)


def has_replied(asked: RunStudy, step: EvaluationStep) -> bool:
    """Whether all is read that the model will ever say of this study; at once where none is asked.

    Raises: StepFailed if a model that judges alone could not be had. Beside people, what it did not say is missing.
    """
    judging = asked.judging
    if judging is None:
        return True
    asking.collect(judging)
    chunks = judging.run.chunks
    if chunks.filter(status__in=[Chunk.Status.QUEUED, Chunk.Status.LEASED]).exists():
        return False
    if dead := chunks.filter(status=Chunk.Status.DEAD).first():
        told = f"{judging.checkpoint} could not be asked about everything: {dead.error}"
        if asked.run.version.judged_alone_by:
            raise StepFailed(told)
        step.say(told)
    return True


def replies_so_far(run: EvaluationRun) -> tuple[int, int]:
    """How many the judge has given, and how many were asked for."""
    places = RunResponse.objects.filter(run__judge_runs__of_run_study__run=run)
    counts = places.aggregate(asked=Count("pk"), came=Count("response"))
    return counts["came"], counts["asked"]
