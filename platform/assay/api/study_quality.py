"""How a study's numbers hang on its raters: who moves them, what was drawn for whom, rates by what raters are."""

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Slug
from assay.api.studies import visible
from assay.api.study_comparisons import arms_of
from assay.reports.kept_quality import MOST_KEPT, shown_quality
from assay.reports.told_groups import Groups, groups_of
from raters.quality.influence import Told, all_told
from raters.quality.order_checks import LEVEL, OrderCheck, checks_of

router = Router(tags=["study quality"])
PAIR = "A pair as two models with a dash between, the first in your names first"


class InfluenceOut(Schema):
    """How far the win rate of a pair's first rests on one rater."""

    rater: str
    pair: str = Field(description=PAIR)
    n: int = Field(description="Prompts of the pair that the rater judged")
    without: float | None = Field(description="The win rate by the others alone; null: nobody else judged")
    change: float | None = Field(description="How far that lies from the win rate of all")
    in_se: float | None = Field(
        description="The change in standard errors of the win rate over raters; null: it has none"
    )
    stands_out: bool = Field(description="Whether that is over 2 / sqrt(raters of the pair)")


class OrderCheckOut(Schema):
    """A test of what was drawn."""

    what: str = Field(
        description="sides that a rater or a pair had (`sides`, `pair`), or the `order` of pairs"
    )
    of: str = Field(description=f"A rater's code, or of `pair`: {PAIR[0].lower()}{PAIR[1:]}")
    n: int = Field(description="Showings")
    seen: float = Field(description="Share of the first on the left; of `order` the runs over the expected")
    p: float = Field(description="Holm-adjusted over all that are told")
    tells: bool = Field(description=f"Whether it could have told something: p is below {LEVEL}")


class QualityOut(Schema):
    influences: list[InfluenceOut] = Field(description=f"Largest change first, at most {MOST_KEPT}")
    order_checks: list[OrderCheckOut]
    made_at: datetime | None = Field(description="When a worker worked it out; null: just now")


class GroupRateOut(Schema):
    """A rate by raters of one group. Shares are rounded, so that nobody's answer can be worked out."""

    of: str = Field(description=f"{PAIR}; of violation_rate one model")
    rate: str = Field(description="win_rate or violation_rate")
    answers: list[str | None] = Field(description="What they said; null is that of who would rather not say")
    raters: int = Field(description="At least five")
    value: float | None = Field(description="null: too few prompts")
    low: float | None
    high: float | None
    level: float | None
    method: str


class GroupsOut(Schema):
    """One question about raters themselves; without rates where groups of five were not to be had."""

    key: str
    ask: str
    rates: list[GroupRateOut]


@router.get(
    "/{slug}/quality",
    auth=Token(),
    response=QualityOut,
    summary="What rests on one rater, and how it was drawn",
)
def quality_of_study(request: ApiRequest, slug: Slug) -> dict[str, Any]:
    study = visible(request, slug)
    quality, arms = shown_quality(study), arms_of(study, request)
    influences = all_told(quality.influences, arms.called, arms.pair, MOST_KEPT)
    checks = checks_of(quality.drawn, arms.called, arms.pair)
    return {
        "influences": list(map(influence_out, influences)),
        "order_checks": list(map(order_check_out, checks)),
        "made_at": quality.made_at,
    }


@router.get(
    "/{slug}/results/groups",
    auth=Token(),
    response=list[GroupsOut],
    summary="Rates by raters' own words about themselves",
)
def list_groups(request: ApiRequest, slug: Slug) -> list[dict[str, Any]]:
    """By question; empty until the study is closed and a worker has written them."""
    study = visible(request, slug)
    return [groups_out(one) for one in groups_of(study, arms_of(study, request))]


def influence_out(one: Told) -> dict[str, Any]:
    return {name: getattr(one, name) for name in InfluenceOut.model_fields}


def order_check_out(one: OrderCheck) -> dict[str, Any]:
    return {name: getattr(one, name) for name in OrderCheckOut.model_fields}


def groups_out(one: Groups) -> dict[str, Any]:
    rates = [{name: getattr(row, name) for name in GroupRateOut.model_fields} for row in one.rows]
    return {"key": one.question.key, "ask": one.question.ask, "rates": rates}
