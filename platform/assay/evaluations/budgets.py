"""What a plan may spend: tokens in 24 hours as more is planned, people's judgments in a week as studies open."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from assay.evaluations.evaluating import Question
from assay.evaluations.models import Evaluation, EvaluationRun
from assay.evaluations.stepping import NotYet, StepFailed
from generation.estimating import estimate
from generation.models import Checkpoint, Chunk, GenerationRun, Response, RunResponse
from generation.sampling import Sampling
from raters.models import Assignment, Comparison, Judgment, Study

LOOK_AGAIN_S = 60
Side = tuple[Question, Checkpoint]  # what is asked, and who of the two answers


def keep_to_tokens(run: EvaluationRun, sides: Iterable[Side]) -> None:
    """Raises: NotYet while what these sides still lack would take the plan beyond its tokens of 24 hours.

    What is planned already is let be. A run that wants more than the whole day has goes ahead on a day of which
    nothing is spent, as it would wait for ever.
    """
    most = run.version.tokens_a_day
    if most is None or not (new := [side for side in sides if not is_planned(*side)]):
        return
    spent = tokens_spent(run.evaluation) + tokens_promised(run.evaluation)
    wanted = sum(estimate(one, asked.prompts, asked.sampling, seed=asked.seed).tokens for asked, one in new)
    if spent and spent + wanted > most:
        told = (
            f"{spent:,} of {most:,} tokens of 24 hours are used or promised; about {wanted:,} more are wanted"
        )
        raise NotYet(told, wait_s=LOOK_AGAIN_S)


def is_planned(asked: Question, checkpoint: Checkpoint) -> bool:
    """Whether nothing more has to be planned: such a run exists, or responses come from elsewhere."""
    if checkpoint.source == Checkpoint.Source.IMPORTED:
        return True
    runs = checkpoint.runs.filter(prompt_set_version=asked.prompts, seed=asked.seed, samples=1)
    return runs.filter(sampling_sha256=asked.sampling.sha256).exists()


def tokens_spent(evaluation: Evaluation) -> int:
    """Tokens that the plan's checkpoints, baselines and judges wrote in the last 24 hours."""
    replies = RunResponse.objects.filter(run__in=runs_of_judges(evaluation))
    ours = Q(checkpoint__in=checkpoints_of(evaluation)) | Q(pk__in=replies.values("response"))
    recent = Response.objects.filter(ours, created_at__gte=timezone.now() - timedelta(days=1))
    return int(recent.aggregate(tokens=Sum("n_output_tokens", default=0))["tokens"])


def tokens_promised(evaluation: Evaluation) -> int:
    """Tokens that they will likely write for what is planned and not there yet."""
    ours = Q(checkpoint__in=checkpoints_of(evaluation)) | Q(pk__in=runs_of_judges(evaluation))
    under_way = Chunk.objects.filter(status__in=[Chunk.Status.QUEUED, Chunk.Status.LEASED]).values("run")
    runs = GenerationRun.objects.filter(ours, pk__in=under_way)
    return sum(tokens_left(run) for run in runs.select_related("checkpoint", "prompt_set_version"))


def tokens_left(run: GenerationRun) -> int:
    sampling = Sampling.from_json(run.sampling)
    return estimate(
        run.checkpoint, run.prompt_set_version, sampling, seed=run.seed, samples=run.samples
    ).tokens


def checkpoints_of(evaluation: Evaluation) -> QuerySet[Checkpoint]:
    either = Q(evaluation_runs__evaluation=evaluation) | Q(evaluations_as_baseline__evaluation=evaluation)
    return Checkpoint.objects.filter(either).exclude(source=Checkpoint.Source.IMPORTED)


def runs_of_judges(evaluation: Evaluation) -> QuerySet[GenerationRun]:
    return GenerationRun.objects.filter(judge_runs__of_run_study__run__evaluation=evaluation)


def keep_to_judgments(run: EvaluationRun, study: Study) -> None:
    """Raises: NotYet while the plan's judgments of this week are used up, StepFailed if a whole week has too few."""
    most, wanted = run.version.judgments_a_week, wanted_by(study)
    if most is None or not wanted:
        return
    if wanted > most:
        asked = study.of_evaluation_run.label
        raise StepFailed(f"{asked} needs {wanted} judgments, and the plan has {most} a week")
    if (spent := judgments_spent(run.evaluation)) + wanted > most:
        told = f"{spent} of {most} judgments of this week are used; {wanted} are wanted"
        raise NotYet(told, wait_s=LOOK_AGAIN_S)


def wanted_by(study: Study) -> int:
    shown = study.comparisons.regular().filter(status=Comparison.Status.OPEN)
    return int(shown.aggregate(wanted=Sum("ratings_wanted", default=0))["wanted"])


def judgments_spent(evaluation: Evaluation) -> int:
    """People's judgments of the last seven days in the plan's studies, and those that open studies still want."""
    since = timezone.now() - timedelta(days=7)
    made = Judgment.objects.filter(
        assignment__comparison__study__in=evaluation.studies, submitted_at__gte=since
    )
    made = made.exclude(assignment__purpose=Assignment.Purpose.JUDGE)
    under_way = evaluation.studies.filter(status__in=[Study.Status.COLLECTING, Study.Status.PAUSED])
    waiting = Comparison.objects.regular().filter(study__in=under_way, status=Comparison.Status.OPEN)
    left = waiting.aggregate(n=Sum(F("ratings_wanted") - F("ratings_taken"), default=0))["n"]
    return made.count() + int(left)
