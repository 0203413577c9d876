"""From two checkpoints and a prompt set to a study that raters can begin."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.text import slugify

from generation.models import Checkpoint, Chunk, GenerationRun
from generation.runs import plan_run
from generation.sampling import Sampling
from promptsets.models import PromptSetVersion
from raters.models import Rubric, Study, StudyArm
from raters.rubrics.presets import preset, study_settings
from raters.studies.design import lock
from raters.studies.planning import StudyPlan, make_draft


@dataclass(frozen=True)
class Question:
    """What is to be compared, over what, how often each comparison is rated, and by which of our rubrics.

    Without a `preset` the rubric is the one for the prompt set's kind.
    Raises: ValueError if the two checkpoints are one.
    """

    prompts: PromptSetVersion
    candidate: Checkpoint
    baseline: Checkpoint
    ratings: int = 3
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0
    preset: str = ""
    priority: int = 0

    def __post_init__(self) -> None:
        if self.candidate == self.baseline:
            raise ValueError(f"{self.candidate} cannot be compared with itself")

    @property
    def rubric(self) -> Rubric:
        return preset(self.preset or self.prompts.prompt_set.kind)

    @property
    def slug(self) -> str:
        names = f"{self.candidate.name}-vs-{self.baseline.name}-on-{self.prompts.prompt_set.slug}"
        return slugify(names)[:100]


def runs_of(question: Question) -> dict[str, GenerationRun]:
    """Each arm's run: the imported one where responses came from elsewhere, else one that our workers fill.

    Raises: ValueError where a checkpoint's responses are imported, but none for this version of the prompt set.
    """
    return {
        StudyArm.Role.CANDIDATE: run_of(question, question.candidate),
        StudyArm.Role.BASELINE: run_of(question, question.baseline),
    }


def run_of(question: Question, checkpoint: Checkpoint) -> GenerationRun:
    if checkpoint.source != Checkpoint.Source.IMPORTED:
        asked = (checkpoint, question.prompts, question.sampling)
        return plan_run(*asked, seed=question.seed, priority=question.priority)
    run = checkpoint.runs.filter(prompt_set_version=question.prompts).first()
    if run is None:
        raise ValueError(
            f"{checkpoint} has no responses for {question.prompts}: bring them in with import_responses"
        )
    return run


def failed_chunks(runs: dict[str, GenerationRun]) -> list[Chunk]:
    return list(Chunk.objects.filter(run__in=runs.values(), status=Chunk.Status.DEAD))


def same_question(study: Study, question: Question, runs: dict[str, GenerationRun]) -> bool:
    """Whether this study asks just that: the same runs in the same roles, as many ratings, the same guide."""
    arms = {arm.role: arm.run_id for arm in study.arms.all()}
    return (
        arms == {str(role): run.pk for role, run in runs.items()}
        and study.ratings_per_comparison == question.ratings
        and study.rubric == question.rubric
    )


@transaction.atomic
def open_study(question: Question, runs: dict[str, GenerationRun], slug: str) -> Study:
    """The study, paired and locked, ready for judgments.

    Raises: ValueError if nothing can be shown.
    """
    study = draft_study(question, runs, slug)
    lock(study)
    return study


def draft_study(question: Question, runs: dict[str, GenerationRun], slug: str) -> Study:
    """The study, still open to changes of its settings.

    Raises: FieldError if there is one of that name.
    """
    rubric = question.rubric
    plan = StudyPlan(
        baseline=runs[StudyArm.Role.BASELINE],
        candidates=(runs[StudyArm.Role.CANDIDATE],),
        rubric=rubric,
        slug=slug,
        title=f"{question.candidate} against {question.baseline} on {question.prompts}",
        ratings=question.ratings,
        settings=study_settings(rubric.kind),
    )
    return make_draft(plan)
