"""The steps that make what is judged: generate what is missing, scan it, pair it."""

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from analysis.wording import counted
from assay.evaluations.budgets import Side, keep_to_tokens
from assay.evaluations.evaluating import Question, draft_study, run_of
from assay.evaluations.models import Evaluation, EvaluationRun, EvaluationStep, EvaluationVersion, RunStudy
from assay.evaluations.stepping import NotYet, StepFailed
from generation.models import Checkpoint, Chunk, GenerationRun, Response, RunResponse
from promptsets.models import PromptSetVersion
from raters.comparisons.self_identification import findings
from raters.comparisons.settling import settle
from raters.models import Study

UNUSABLE = (Response.Status.EMPTY, Response.Status.ERROR, Response.Status.BLOCKED)


def generate(run: EvaluationRun, step: EvaluationStep) -> None:
    """Plans the generation runs of both sides, of which what exists is only linked, and waits until all are there."""
    fix_opponents(run)
    runs = plan_within_tokens(run)
    dead = Chunk.objects.filter(run__in=runs, status=Chunk.Status.DEAD).first()
    if dead:
        raise StepFailed(f"{dead} could not be generated: {dead.error}")
    places = RunResponse.objects.filter(run__in=runs)
    counts = places.aggregate(wanted=Count("pk"), present=Count("response"))
    if Chunk.objects.filter(run__in=runs, status__in=[Chunk.Status.QUEUED, Chunk.Status.LEASED]).exists():
        raise NotYet(f"{counts['present']} of {counts['wanted']} responses are there", wait_s=1)
    step.say(f"all {counts['present']} responses are there")


def plan_within_tokens(run: EvaluationRun) -> list[GenerationRun]:
    """Raises: NotYet while the plan's tokens of 24 hours are used up."""
    with transaction.atomic():
        Evaluation.objects.select_for_update().get(pk=run.evaluation_id)  # two runs spend one budget in turn
        keep_to_tokens(run, sides(run))
        return generation_runs(run)


def fix_opponents(run: EvaluationRun) -> None:
    """Decides once, before anything is generated, which earlier checkpoint this one is compared with."""
    if run.opponents_fixed_at:
        return
    to_baseline_alone = run.version.decided_by == EvaluationVersion.DecidedBy.BASELINE
    previous = None if to_baseline_alone else last_that_passed(run)
    unfixed = EvaluationRun.objects.filter(pk=run.pk, opponents_fixed_at=None)
    unfixed.update(opponents_fixed_at=timezone.now(), previous=previous)
    run.refresh_from_db(fields=["opponents_fixed_at", "previous"])  # another worker may have been first


def last_that_passed(run: EvaluationRun) -> Checkpoint | None:
    """The newest earlier one by step, or by time of registration where there are no steps."""
    passed = EvaluationRun.objects.passed().filter(evaluation=run.evaluation).exclude(pk=run.pk)
    checkpoints = Checkpoint.objects.filter(evaluation_runs__in=passed)
    if run.checkpoint.step is not None:
        return checkpoints.filter(step__lt=run.checkpoint.step).order_by("-step").first()
    return checkpoints.filter(created_at__lt=run.checkpoint.created_at).order_by("-created_at").first()


def questions(run: EvaluationRun) -> list[tuple[str, Question]]:
    """What is asked: the role of each opponent, and the comparison with it, prompt set by prompt set."""
    prompt_sets = run.version.prompt_sets.select_related("prompt_set").order_by("prompt_set__slug")
    return [
        (against, question_of(run, prompts, opponent))
        for against, opponent in run.opponents.items()
        for prompts in prompt_sets
    ]


def question_of(run: EvaluationRun, prompts: PromptSetVersion, opponent: Checkpoint) -> Question:
    version = run.version
    return Question(
        prompts,
        run.checkpoint,
        opponent,
        ratings=version.ratings_per_comparison,
        sampling=version.drawn_by,
        seed=version.seed,
        preset=version.preset,
        priority=version.priority,
    )


def generation_runs(run: EvaluationRun) -> list[GenerationRun]:
    """Every run that this evaluation needs, made where it is missing."""
    return [run_of(question, checkpoint) for question, checkpoint in sides(run)]


def sides(run: EvaluationRun) -> list[Side]:
    """Both sides of every question."""
    asked = [question for _, question in questions(run)]
    return [(question, one) for question in asked for one in (question.candidate, question.baseline)]


def scan(run: EvaluationRun, step: EvaluationStep) -> None:
    """Looks at what the checkpoint wrote: what became of each prompt, and who says who they are."""
    usable = 0
    for prompts in run.version.prompt_sets.all():
        generated = run_of(question_of(run, prompts, run.version.baseline), run.checkpoint)
        items = generated.items.filter(sample=0).exclude(response=None)
        by_status = dict(items.values_list("response__status").annotate(n=Count("pk")).order_by())
        step.say(f"{prompts}: " + ", ".join(f"{n} {status}" for status, n in sorted(by_status.items())))
        usable += sum(n for status, n in by_status.items() if status not in UNUSABLE)
        if told := _self_identified(run.checkpoint, prompts, generated):
            step.say(f"{prompts}: {counted(told, 'response')} may say who wrote them; held for a person")
    if not usable:
        raise StepFailed(
            f"{run.checkpoint} wrote nothing that could be judged: every response is empty or failed"
        )


def _self_identified(checkpoint: Checkpoint, prompts: PromptSetVersion, generated: GenerationRun) -> int:
    items = generated.items.filter(sample=0).exclude(response=None).select_related("prompt", "response")
    return sum(bool(findings(item.prompt.turns, item.response, None, [checkpoint.name])) for item in items)


def pair(run: EvaluationRun, step: EvaluationStep) -> None:
    """A study for each question, with all settled that nobody has to be asked; its design is locked later."""
    for against, question in questions(run):
        if run.studies.filter(against=against, prompt_set_version=question.prompts).exists():
            continue
        with transaction.atomic():
            study = _study_for(run, against, question)
            settled = settle(
                study, run.evaluation.studies if run.version.asks_people else Study.objects.none()
            )
            asked = RunStudy.objects.create(
                run=run, study=study, against=against, prompt_set_version=question.prompts
            )
        # By what it asks: the page of a run is read by many who have no part in its studies.
        step.say(
            f"{asked.label}: {settled.left} to be judged, {settled.equal} equal, {settled.reused} judged before"
        )


def _study_for(run: EvaluationRun, against: str, question: Question) -> Study:
    slug = f"{run.evaluation.slug[:30]}-{run.pk}-{against}-{question.prompts.prompt_set.slug[:30]}"
    generated = {
        "candidate": run_of(question, question.candidate),
        "baseline": run_of(question, question.baseline),
    }
    study = draft_study(question, generated, slug)
    for name, value in run.version.template.items():
        setattr(study, name, value)
    study.save()
    return study
