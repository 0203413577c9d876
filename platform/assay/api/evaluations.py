"""Standing plans: what they say, new ones, new versions of one, on and off."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, ShortText, Slug, Text, VersionName
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from assay.api.run_plans import SamplingIn
from assay.evaluations.models import Evaluation, EvaluationVersion
from assay.evaluations.planning import add_version, make_plan, pause
from generation.models import CheckpointSeries
from generation.naming import checkpoint_named
from generation.sampling import Sampling
from promptsets.models import PromptSetVersion
from promptsets.naming import offered_version
from promptsets.refusals import FieldError

router = Router(tags=["evaluations"])
Positive = Annotated[int, Field(ge=1, le=2**31 - 1)]
SAME: tuple[str, ...] = (
    "seed",
    "template",
    "judged_by",
    "decided_by",
    "stops_early",
    "every_nth_step",
    "cron",
    "tokens_a_day",
)
SAME += ("judgments_a_week", "priority", "emails", "webhook_url", "webhook_key_env", "gate_margin")


class TermsIn(Body):
    """What happens to each new checkpoint. Fixed once made: a change is a new version."""

    prompt_sets: Annotated[list[VersionName], Field(min_length=1, max_length=50)]
    baseline: ShortText = Field(description="Name of the checkpoint that it is compared with")
    judged_by: Literal["humans", "model", "both"] = "humans"
    judge: ShortText | None = Field(default=None, description="Name of the language model that judges")
    ratings: Annotated[int, Field(ge=1, le=100)] = 3
    gate_margin: Annotated[float, Field(gt=0, lt=0.5, description="A share: 0.05 is five points")] = 0.05
    decided_by: Literal["both", "previous", "baseline"] = "both"
    preset: Literal["instruction", "safety"] | None = Field(
        default=None, description="By default each prompt set's kind"
    )
    stops_early: bool = False
    every_nth_step: Positive = 1
    cron: ShortText = Field(default="", description="Five fields, UTC: the newest checkpoint at these times")
    tokens_a_day: Annotated[int, Field(ge=1, le=2**62)] | None = None
    judgments_a_week: Positive | None = None
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    sampling: SamplingIn = SamplingIn()
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    emails: Annotated[list[ShortText], Field(max_length=50)] = []
    webhook_url: Annotated[Text, Field(max_length=500)] = ""
    webhook_key_env: Annotated[ShortText, Field(max_length=100)] = ""
    template: dict[ShortText, Any] = Field(default={}, description="Further settings of its studies")

    def version(self) -> EvaluationVersion:
        """Raises: FieldError, ValueError."""
        sampling = Sampling.from_json(self.sampling.model_dump())
        return EvaluationVersion(
            **{name: getattr(self, name) for name in SAME},
            baseline=named("baseline", self.baseline),
            judge=named("judge", self.judge) if self.judge is not None else None,
            ratings_per_comparison=self.ratings,
            preset=self.preset or "",
            cadence="cron" if self.cron else "nth" if self.every_nth_step > 1 else "every",
            sampling=sampling.to_json(),
        )

    def asked(self) -> list[PromptSetVersion]:
        return [offered_version(name) for name in self.prompt_sets]


class PlanIn(TermsIn):
    slug: Annotated[Slug, Field(max_length=50)]
    series: Annotated[Slug, Field(max_length=50)]
    title: ShortText = ""


class TermsOut(Schema):
    number: int
    prompt_sets: list[str]
    baseline: str
    judge: str | None
    ratings: int
    gate_margin: float
    judged_by: str
    decided_by: str
    preset: str
    stops_early: bool
    cadence: str
    every_nth_step: int
    cron: str
    tokens_a_day: int | None
    judgments_a_week: int | None
    priority: int
    sampling: dict[str, Any]
    seed: int
    emails: list[str]
    webhook_url: str
    webhook_key_env: str
    template: dict[str, Any]
    sha256: str
    created_at: datetime


class PlanOut(Schema):
    slug: str
    title: str
    series: str
    enabled: bool
    next_due_at: datetime | None
    current: TermsOut


@router.get("", auth=Token(), response=Page[PlanOut], summary="List plans")
def list_plans(request: HttpRequest, after: After = "", limit: Limit = 100) -> dict[str, Any]:
    return page_of(plans(), after, limit, plan_out)


@router.post("", auth=Token("evaluations:write"), response={201: PlanOut}, summary="Make a plan")
def new_plan(request: ApiRequest, payload: PlanIn) -> Status[dict[str, Any]]:
    """It takes checkpoints that are registered from now on."""
    with refusals():
        series = CheckpointSeries.objects.filter(slug=payload.series).first()
        if series is None:
            raise FieldError("series", f"There is no series {payload.series!r}: watch a place first.")
        plan = make_plan(
            payload.slug,
            series,
            payload.version(),
            payload.asked(),
            title=payload.title,
            actor=request.user,
        )
    return Status(201, plan_out(plan))


@router.get("/{slug}", auth=Token(), response=PlanOut, summary="One plan")
def one_plan(request: HttpRequest, slug: Slug) -> dict[str, Any]:
    return plan_out(plan_or_404(slug))


@router.get("/{slug}/versions", auth=Token(), response=Page[TermsOut], summary="Versions of a plan")
def list_plan_versions(
    request: HttpRequest, slug: Slug, after: After = "", limit: Limit = 100
) -> dict[str, Any]:
    return page_of(plan_or_404(slug).versions.all(), after, limit, terms_out, by="number")


@router.post(
    "/{slug}/versions",
    auth=Token("evaluations:write"),
    response={201: PlanOut},
    summary="Change a plan by a new version",
)
def change_plan(request: ApiRequest, slug: Slug, payload: TermsIn) -> Status[dict[str, Any]]:
    """Runs that have begun keep theirs. The same terms again make no version."""
    plan = plan_or_404(slug)
    with refusals():
        add_version(plan, payload.version(), payload.asked(), actor=request.user)
    return Status(201, plan_out(plan_or_404(slug)))


@router.post("/{slug}/pause", auth=Token("evaluations:write"), response=PlanOut, summary="Pause a plan")
def pause_plan(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    """It takes no new checkpoint; what it has begun goes on."""
    pause(plan_or_404(slug), paused=True, actor=request.user)
    return plan_out(plan_or_404(slug))


@router.post("/{slug}/resume", auth=Token("evaluations:write"), response=PlanOut, summary="Resume a plan")
def resume_plan(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    pause(plan_or_404(slug), paused=False, actor=request.user)
    return plan_out(plan_or_404(slug))


def named(role: str, name: str) -> Any:
    try:
        return checkpoint_named(name)
    except FieldError as error:
        raise FieldError(role, str(error)) from None


def plans() -> QuerySet[Evaluation]:
    return Evaluation.objects.select_related("series")


def plan_or_404(slug: str) -> Evaluation:
    plan = plans().filter(slug=slug).first()
    if plan is None:
        raise Http404
    return plan


def plan_out(row: Evaluation) -> dict[str, Any]:
    fields = ("slug", "title", "enabled", "next_due_at")
    told = {"series": row.series.slug, "current": terms_out(row.current)}
    return {name: getattr(row, name) for name in fields} | told


def terms_out(row: EvaluationVersion) -> dict[str, Any]:
    fields = ("number", "preset", "cadence", "sampling", "sha256", "created_at")
    return {name: getattr(row, name) for name in (*SAME, *fields)} | {
        "prompt_sets": sorted(map(str, row.prompt_sets.select_related("prompt_set"))),
        "baseline": row.baseline.name,
        "judge": row.judge.name if row.judge else None,
        "ratings": row.ratings_per_comparison,
    }
