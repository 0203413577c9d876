"""Generation runs are planned: what one would take, a new one, the same over other prompts."""

from typing import Annotated, Any

from ninja import Router, Schema, Status
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, Id, ShortText, VersionName
from assay.api.problems import refusals
from assay.api.runs import RunOut, router, run_or_404, run_out
from generation.estimating import estimate
from generation.models import GenerationRun
from generation.naming import checkpoint_named
from generation.runs import check_can_be_generated, plan_run, same_run_over
from generation.sampling import Sampling
from promptsets.naming import offered_version

of_plans = Router(tags=["runs"])  # before the runs: their addresses take any word for a number
Whole = Annotated[int, Field(ge=0, le=2**31 - 1)]


class SamplingIn(Body):
    """How texts are drawn; by default the likeliest token each time."""

    temperature: float = 0.0
    top_k: Whole = 0
    top_p: float = 1.0
    max_new_tokens: Whole = 256


class RunIn(Body):
    checkpoint: ShortText = Field(description="Its name")
    prompt_set: VersionName
    sampling: SamplingIn = SamplingIn()
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    samples: Annotated[int, Field(ge=1, le=GenerationRun.MOST_SAMPLES)] = 1


class RunEstimateOut(Schema):
    """What a run would take, before it is started. null: nothing of the family has been measured."""

    wanted: int
    existing: int = Field(description="Responses that are there already")
    to_generate: int
    tokens: int = Field(description="The likely number where `measured_on` is above 0, else the most")
    measured_on: int = Field(description="Responses from which it is told")
    tokens_a_second: float | None
    seconds: float | None
    bytes: int | None


class OverIn(Body):
    prompt_set: VersionName


@router.post("", auth=Token("runs:write"), response={201: RunOut}, summary="Start a run")
def start_run(request: ApiRequest, payload: RunIn) -> Status[dict[str, Any]]:
    """The run of this checkpoint over this version: the one there is, else a new one, which workers begin at once."""
    with refusals():
        run = offered(plan_run(**asked_of(payload), actor=request.user))
    return Status(201, run_out(run_or_404(run.pk)))


@of_plans.post("/estimate", auth=Token(), response=RunEstimateOut, summary="What a run would take")
def estimate_run(request: ApiRequest, payload: RunIn) -> Any:
    """Of the run that the same body would start; nothing is made."""
    with refusals():
        asked = asked_of(payload)
        check_can_be_generated(
            **{name: asked[name] for name in ("checkpoint", "sampling", "seed", "samples")}
        )
        return estimate(**asked)


@router.post(
    "/{id}/over", auth=Token("runs:write"), response={201: RunOut}, summary="Ask the same over other prompts"
)
def run_over(request: ApiRequest, id: Id, payload: OverIn) -> Status[dict[str, Any]]:  # noqa: A002
    """The run that asks the same of the same checkpoint over another version, such as a subset of its prompts.

    Responses that there are are linked; of imported ones the others stay missing.
    """
    with refusals():
        run = same_run_over(offered(run_or_404(id)), offered_version(payload.prompt_set), request.user)
    return Status(201, run_out(run_or_404(run.pk)))


def asked_of(payload: RunIn) -> dict[str, Any]:
    """The arguments of `plan_run` and of `estimate`. Raises: FieldError, ValueError."""
    return {
        "checkpoint": checkpoint_named(payload.checkpoint),
        "version": offered_version(payload.prompt_set),
        "sampling": Sampling.from_json(payload.sampling.model_dump()),
        "seed": payload.seed,
        "samples": payload.samples,
    }


def offered(run: GenerationRun) -> GenerationRun:
    """Raises: ValueError if it, or its checkpoint, is archived."""
    if run.archived_at or run.checkpoint.archived_at:
        what = f"run {run.pk}" if run.archived_at else str(run.checkpoint)
        raise ValueError(f"{what} is archived: bring it back first")
    return run
