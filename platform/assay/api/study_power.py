"""The power planner: what a design would tell, and what it would ask of raters. Nothing is made."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from assay.api.authentication import Token
from assay.api.fields import VersionName
from assay.api.problems import refusals
from assay.reports.power import Design, Foretold, foretold
from promptsets.models import PromptSetVersion
from promptsets.naming import version_named
from promptsets.refusals import FieldError
from raters.studies.effort import ASSUMED_MINUTES, minutes_measured

router = Router(tags=["studies"])


class DesignIn(Schema):
    """What is planned, in numbers."""

    prompt_set: VersionName | None = None
    prompts: Annotated[int, Field(ge=2, le=10**6)] | None = Field(
        default=None, description="How many; by default all of the prompt set, and never more"
    )
    candidates: Annotated[int, Field(ge=1, le=50)] = 1
    ratings: Annotated[int, Field(ge=1, le=100)] = 3
    pool: Annotated[int, Field(ge=1, le=10_000, description="Raters")] = 10
    minutes: Annotated[float, Field(ge=0.05, le=600)] | None = Field(
        default=None, description="Of one judgment; by default what this site measured, else what is usual"
    )
    hours_a_day: Annotated[float, Field(ge=0.1, le=24, description="Of each rater")] = 2
    margin: Annotated[float, Field(ge=0.001, le=0.49, description="Of a gate; a share")] = 0.05
    pay_basis: Literal["none", "item", "hour"] = "none"
    pay_rate: Annotated[float, Field(ge=0, lt=10_000)] = 0
    pay_currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"


class CurveStepOut(Schema):
    prompts: int
    judgments: int = Field(description="Of one candidate")
    half_width: float
    detectable: float


class PowerOut(CurveStepOut):
    """Of one candidate against the baseline; shares are 0 to 1."""

    judgments: int = Field(description="Of all candidates")
    level: float
    power: float = Field(description="The chance with which `detectable` is found")
    margin: float
    gate_power: float = Field(description="The chance that a gate with the margin passes an equal")
    hours: float = Field(description="Of all raters together")
    days: float
    cost: float | None
    currency: str
    notes: list[str]
    method: str
    curve: list[CurveStepOut]


@router.get("/power", auth=Token(), response=PowerOut, summary="What a planned study would tell and ask")
def plan_power(request: HttpRequest, asked: Query[DesignIn]) -> dict[str, Any]:
    with refusals():
        version = version_named(asked.prompt_set) if asked.prompt_set is not None else None
        return power_out(foretold(design_of(asked, version)))


def design_of(asked: DesignIn, version: PromptSetVersion | None) -> Design:
    measured = minutes_measured(version.prompt_set.kind) if version else None
    same = ("candidates", "ratings", "pool", "hours_a_day", "margin", "pay_basis")
    return Design(
        **{name: getattr(asked, name) for name in same},
        prompts=prompts_of(asked.prompts, version),
        minutes=asked.minutes or round(measured or ASSUMED_MINUTES, 2),
        pay_rate=Decimal(str(asked.pay_rate)),
        currency=asked.pay_currency,
    )


def prompts_of(asked: int | None, version: PromptSetVersion | None) -> int:
    if version is None and asked is None:
        raise FieldError("prompts", "Say how many prompts, or which prompt set.")
    sizes = [asked, version.prompts.count() if version else None]
    return min(size for size in sizes if size is not None)


def power_out(told: Foretold) -> dict[str, Any]:
    fields = ("level", "power", "margin", "gate_power", "notes", "method")
    effort = {name: getattr(told.effort, name) for name in ("judgments", "hours", "days", "cost", "currency")}
    curve = [step_out(one) for one in told.plans]
    return (
        step_out(told.plan) | {name: getattr(told.plan, name) for name in fields} | effort | {"curve": curve}
    )


def step_out(plan: Any) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in CurveStepOut.model_fields}
