"""A study as it is planned: arms, rubric, ratings, pool; it becomes a draft that its planner owns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from generation.models import GenerationRun
from promptsets.audit import audited
from promptsets.models import PromptSetVersion
from promptsets.refusals import FieldError
from raters.models import Rubric, Study, StudyArm, StudyMember
from raters.studies.responses import pair_if_there


@dataclass(frozen=True)
class StudyPlan:
    """One baseline and its candidates, all over the same prompts. `settings`: what differs from a study's defaults.

    `follows` is the study whose locked design this one changes; judgments of the two are never mixed.

    Raises: FieldError naming the arm that does not go; ValueError where what it follows is still a draft.
    """

    baseline: GenerationRun
    candidates: tuple[GenerationRun, ...]
    rubric: Rubric
    slug: str
    title: str
    ratings: int = 3
    settings: dict[str, Any] = field(default_factory=dict)
    follows: Study | None = None

    def __post_init__(self) -> None:
        if self.follows and self.follows.status == Study.Status.DRAFT:
            raise ValueError(f"{self.follows.slug} is a draft: change it as it is")
        if not self.candidates:
            raise FieldError("candidates", _("Choose a candidate: a study compares two runs or more."))
        for run in self.candidates:
            if run.prompt_set_version_id != self.baseline.prompt_set_version_id:
                told = _("The two runs answer different prompts: choose two over the same set.")
                raise FieldError("baseline", told)
            if run == self.baseline:
                raise FieldError("baseline", _("The baseline cannot be a candidate as well."))
        if len(set(self.candidates)) < len(self.candidates):
            raise FieldError("candidates", _("Each candidate stands in a study once."))

    @property
    def prompts(self) -> PromptSetVersion:
        return self.baseline.prompt_set_version


@transaction.atomic
def make_draft(plan: StudyPlan, actor: Any = None) -> Study:
    """The draft, whose comparisons are laid out at once where all responses are there, else as soon as they are.

    Raises: FieldError if there is a study of that name.
    """
    study = _new_study(plan, actor)
    if actor:
        StudyMember.objects.create(study=study, user=actor, role=StudyMember.Role.OWNER)
    for candidate in plan.candidates:
        StudyArm.objects.create(study=study, run=candidate, role=StudyArm.Role.CANDIDATE)
    StudyArm.objects.create(study=study, run=plan.baseline, role=StudyArm.Role.BASELINE)
    if plan.follows:
        detail = {"follows": plan.follows.slug, "version": study.version}
        audited.send(Study, actor=actor, action="study.new_version", target=study, detail=detail)
    pair_if_there(study)
    return study


def title_of(candidates: Sequence[GenerationRun], baseline: GenerationRun) -> str:
    """What a study is called until it is given another title."""
    return f"{names_of(candidates)} against {baseline.checkpoint} on {baseline.prompt_set_version}"


def names_of(runs: Sequence[GenerationRun]) -> str:
    return " and ".join(run.checkpoint.name for run in runs)


def _new_study(plan: StudyPlan, actor: Any) -> Study:
    taken = FieldError("slug", _("There is a study of that name already: give this one another."))
    if Study.objects.filter(slug=plan.slug).exists():
        raise taken
    try:
        with transaction.atomic():
            return Study.objects.create(
                slug=plan.slug,
                title=plan.title[:200],
                prompt_set_version=plan.prompts,
                rubric=plan.rubric,
                ratings_per_comparison=plan.ratings,
                created_by=actor,
                follows=plan.follows,
                version=plan.follows.version + 1 if plan.follows else 1,
                **plan.settings,
            )
    except IntegrityError:  # two asked for the same name at once
        raise taken from None
