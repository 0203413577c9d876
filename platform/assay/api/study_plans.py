"""Studies are planned: of which runs, under which rubric and settings, after which template."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils.text import slugify
from ninja import Router, Schema, Status
from pydantic import Field

from assay.accounts.models import User
from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, Id, ShortText, Slug
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from assay.api.studies import Settings, StudyOut, router, study_out
from generation.models import GenerationRun
from promptsets.refusals import FieldError
from raters.models import Rubric, Study, StudyTemplate
from raters.rubrics.naming import newest_rubrics, rubric_named
from raters.rubrics.presets import preset, study_settings
from raters.studies.copying import ComparedRuns, kept_of, next_slug, runs_of
from raters.studies.drafting import change_settings
from raters.studies.planning import StudyPlan, make_draft, names_of, title_of
from raters.studies.templates import settings_in, template_named

of_sites = Router(tags=["studies"])
RATINGS = 3


class StudyIn(Body):
    """Runs over the same prompts, one of them the baseline, and what is asked about them."""

    candidate: Id | None = Field(default=None, description="The candidate's run; of several: `candidates`")
    candidates: Annotated[list[Id], Field(max_length=50)] = []
    baseline: Id | None = Field(
        default=None,
        description="The baseline's run; without any run the arms of the study that it `follows`",
    )
    template: ShortText | None = Field(
        default=None, description="What it starts from: a template's rubric, ratings and settings"
    )
    follows: Slug | None = Field(
        default=None,
        description="The study whose locked design this one changes; what is not given is as there",
    )
    rubric: Slug | None = Field(default=None, description="Its newest version is taken")
    preset: Literal["instruction", "safety"] | None = Field(
        default=None, description="Our rubric of that kind; by default the one for the prompt set's kind"
    )
    ratings: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description=f"Of each comparison; by default the template's, else {RATINGS}"
    )
    settings: Settings = Field(default={}, description="As `settle` takes them: pool, pay and the others")
    title: ShortText | None = Field(default=None, description="By default made of the names")
    slug: Slug | None = Field(default=None, description="Its name in addresses; by default made of the names")


class RubricOut(Schema):
    slug: str
    title: str


class TemplateOut(Schema):
    name: str
    rubric: str
    ratings: int
    settings: dict[str, Any]
    created_at: datetime


@router.post("", auth=Token("studies:write"), response={201: StudyOut}, summary="Make a study")
def make_study(request: ApiRequest, payload: StudyIn) -> Status[dict[str, Any]]:
    """A draft, which its maker owns, with comparisons laid out; `lock` opens it for raters."""
    with refusals():
        study = planned(payload, request.user)
    return Status(201, study_out(study, request))


@of_sites.get("/rubrics", auth=Token(), response=list[RubricOut], summary="Rubrics that a study can have")
def list_rubrics(request: HttpRequest) -> list[dict[str, str]]:
    return [{"slug": slug, "title": title} for slug, title in newest_rubrics().items()]


@of_sites.get(
    "/study-templates", auth=Token(), response=Page[TemplateOut], summary="Templates that studies start from"
)
def list_templates(request: HttpRequest, after: After = "", limit: Limit = 100) -> dict[str, Any]:
    return page_of(StudyTemplate.objects.all(), after, limit, template_out)


@transaction.atomic
def planned(asked: StudyIn, actor: User) -> Study:
    """The draft. Raises: FieldError, ValueError, with nothing made."""
    follows = followed(asked, actor)
    runs = compared(asked, follows)
    refuse_archived_prompts(runs.baseline, follows)
    begins = kept_of(follows) if follows else values_of(asked.template)
    rubric = rubric_of(asked, begins.get("rubric"), runs.baseline)
    plan = StudyPlan(
        runs.baseline,
        runs.candidates,
        rubric,
        asked.slug or (next_slug(follows) if follows else slug_of(runs)),
        asked.title or (follows.title if follows else title_of(runs.candidates, runs.baseline)),
        asked.ratings or begins.get("ratings_per_comparison", RATINGS),
        study_settings(rubric.kind) | settings_in(begins),
        follows,
    )
    study = make_draft(plan, actor)
    return change_settings(study, asked.settings, actor) if asked.settings else study


def followed(asked: StudyIn, actor: User) -> Study | None:
    if asked.follows is None:
        return None
    if asked.template is not None:
        raise FieldError("follows", "Give template or follows, not both.")
    study = Study.objects.for_editor(actor).filter(slug=asked.follows).first()
    if study is None:
        raise FieldError("follows", f"There is no study {asked.follows!r} that you may change.")
    return study


def compared(asked: StudyIn, follows: Study | None) -> ComparedRuns:
    """Without any run those of the study that is followed, which its planner may not know yet."""
    if follows and asked.baseline is None and asked.candidate is None and not asked.candidates:
        return runs_of(follows)
    if asked.baseline is None:
        raise FieldError("baseline", "Choose a baseline: the run that candidates stand against.")
    return ComparedRuns(run_named("baseline", asked.baseline), candidates_of(asked))


def values_of(template: str | None) -> dict[str, Any]:
    """What a template keeps; nothing without one."""
    values: dict[str, Any] = template_named(template).values if template is not None else {}
    return values


def candidates_of(asked: StudyIn) -> tuple[GenerationRun, ...]:
    if asked.candidate is None:
        return tuple(run_named("candidates", pk) for pk in asked.candidates)
    if asked.candidates:
        raise FieldError("candidates", "Give candidate or candidates, not both.")
    return (run_named("candidate", asked.candidate),)


def run_named(role: str, pk: int) -> GenerationRun:
    runs = GenerationRun.objects.select_related("checkpoint", "prompt_set_version__prompt_set")
    run = runs.filter(pk=pk).first()
    if run is None:
        raise FieldError(role, f"There is no run {pk}.")
    if run.archived_at:
        raise FieldError(role, f"Run {pk} is archived: bring it back first.")
    return run


def refuse_archived_prompts(baseline: GenerationRun, follows: Study | None) -> None:
    """As on the planner's page, a study that is followed keeps its prompts, archived or not."""
    prompts = baseline.prompt_set_version.prompt_set
    if prompts.archived_at and (follows is None or follows.prompt_set_version.prompt_set != prompts):
        raise FieldError("baseline", f"{prompts} is archived: bring it back first.")


def rubric_of(asked: StudyIn, usual: str | None, baseline: GenerationRun) -> Rubric:
    if asked.rubric is not None and asked.preset is not None:
        raise FieldError("preset", "Give rubric or preset, not both.")
    if asked.preset is not None:
        return preset(asked.preset)
    slug = asked.rubric or usual
    return rubric_named(slug) if slug else preset(baseline.prompt_set_version.prompt_set.kind)


def slug_of(runs: ComparedRuns) -> str:
    prompts = runs.baseline.prompt_set_version.prompt_set.slug
    return slugify(f"{names_of(runs.candidates)}-vs-{runs.baseline.checkpoint}-on-{prompts}")[:100]


def template_out(row: StudyTemplate) -> dict[str, Any]:
    return {
        "name": row.name,
        "rubric": row.values["rubric"],
        "ratings": row.values["ratings_per_comparison"],
        "settings": settings_in(row.values),
        "created_at": row.created_at,
    }
