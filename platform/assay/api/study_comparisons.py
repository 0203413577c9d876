"""A study's comparisons: which there are, what is held and decided, what becomes gold, what is contested."""

from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token, may_see_names
from assay.api.fields import Body, Id, ShortText, Slug, Text
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import Refused, refusals
from assay.api.studies import changeable, visible
from assay.reports.blinding import Arms, arms_for
from generation.models import Response
from raters.comparisons.gold import make_gold
from raters.comparisons.holding import decide
from raters.comparisons.self_identification import quotes
from raters.models import Comparison, Study
from raters.quality.contested import Dispute, disputes

router = Router(tags=["study quality"])
KindName = Literal["regular", "gold", "practice"]
StatusName = Literal["open", "held", "excluded", "equal", "reused"]


class SideOut(Schema):
    model: str = Field(description="While blind Model 1 or Model 2")
    turns: list[str] = Field(description="Empty where there is no response")


class ComparisonOut(Schema):
    id: int
    prompt: str
    kind: str
    status: str
    status_reason: str
    ratings_wanted: int
    ratings_taken: int
    gold: str | None = Field(description="Of gold: the model that is better, or tie")
    sides: list[SideOut]
    found: list[str] = Field(description="Passages that may say who wrote them")


class DecisionIn(Body):
    leak: bool = Field(description="true: left out or masked by the study's rule; false: shown to raters")


class GoldIn(Body):
    verdict: Annotated[
        Text, Field(min_length=1, description="The better of the two, as `model` says, or tie")
    ]
    reason: Annotated[Text, Field(min_length=1)]


class DisputeOut(Schema):
    comparison: int
    prompt: str
    votes: dict[str, int] = Field(description="By the model that was preferred, or tie")
    decided: str | None = Field(description="What a senior rater decided; null: it waits")


@router.get(
    "/{slug}/comparisons", auth=Token(), response=Page[ComparisonOut], summary="Comparisons of a study"
)
def list_comparisons(
    request: ApiRequest,
    slug: Slug,
    status: Annotated[StatusName | None, Query(description="Only those, such as held")] = None,
    kind: Annotated[KindName | None, Query(description="Only those, such as gold")] = None,
    category: Annotated[ShortText | None, Query(description="Only those of prompts of this category")] = None,
    after: After = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    study = visible(request, slug)
    filters = {"status": status, "kind": kind, "prompt__category": category}
    asked = {name: value for name, value in filters.items() if value is not None}
    rows = study.comparisons.filter(**asked).select_related("prompt", "response_a", "response_b")
    arms = arms_of(study, request)
    return page_of(rows, after, limit, lambda row: comparison_out(row, arms))


@router.post(
    "/{slug}/comparisons/{id}/decision",
    auth=Token("studies:write"),
    response=ComparisonOut,
    summary="Decide about one that is held",
)
def decide_comparison(request: ApiRequest, slug: Slug, id: Id, payload: DecisionIn) -> dict[str, Any]:  # noqa: A002
    study = changeable(request, slug)
    with refusals():
        decide(comparison_or_404(study, id), leak=payload.leak, actor=request.user)
    return comparison_out(comparison_or_404(study, id), arms_of(study, request))


@router.post(
    "/{slug}/comparisons/{id}/gold",
    auth=Token("studies:write"),
    response=ComparisonOut,
    summary="Make one gold",
)
def make_comparison_gold(request: ApiRequest, slug: Slug, id: Id, payload: GoldIn) -> dict[str, Any]:  # noqa: A002
    """One that nobody has judged, whose right verdict is known. It is in no result."""
    study = changeable(request, slug)
    row, arms = comparison_or_404(study, id), arms_of(study, request)
    letters = {name: letter for letter, name in names_of(row, arms).items()}
    if payload.verdict not in letters:
        raise Refused(f"verdict is {payload.verdict!r}; it is one of {', '.join(sorted(letters))}")
    with refusals():
        make_gold(row, letters[payload.verdict], payload.reason, request.user)
    return comparison_out(comparison_or_404(study, id), arms)


@router.get("/{slug}/contested", auth=Token(), response=list[DisputeOut], summary="What raters are split on")
def list_contested(request: ApiRequest, slug: Slug) -> list[dict[str, Any]]:
    study = visible(request, slug)
    found = disputes(study)
    rows = study.comparisons.in_bulk([one.comparison for one in found])
    arms = arms_of(study, request)
    return [dispute_out(one, names_of(rows[one.comparison], arms)) for one in found]


def arms_of(study: Study, request: ApiRequest) -> Arms:
    return arms_for(study, request.user, names_allowed=may_see_names(request))


def comparison_or_404(study: Study, pk: int) -> Comparison:
    rows = study.comparisons.select_related("prompt", "response_a", "response_b")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def names_of(row: Comparison, arms: Arms) -> dict[str, str]:
    """What `a`, `b` and `tie` are called for this reader."""
    return {"a": arms.called[row.arm_a_id], "b": arms.called[row.arm_b_id], "tie": "tie"}


def comparison_out(row: Comparison, arms: Arms) -> dict[str, Any]:
    fields = ("kind", "status", "status_reason", "ratings_wanted", "ratings_taken")
    names = names_of(row, arms)
    sides = [side_out(names["a"], row.response_a), side_out(names["b"], row.response_b)]
    return {name: getattr(row, name) for name in fields} | {
        "id": row.pk,
        "prompt": row.prompt.key,
        "gold": names.get(row.gold_preference or ""),
        "sides": sides[::-1] if arms.turns(row.arm_a_id, row.arm_b_id) else sides,
        "found": quotes(row.self_identification),
    }


def side_out(model: str, response: Response | None) -> dict[str, Any]:
    return {"model": model, "turns": response.turns if response else []}


def dispute_out(one: Dispute, names: dict[str, str]) -> dict[str, Any]:
    votes = {names[preference]: n for preference, n in one.votes.items()}
    decided = names[one.decision.preference] if one.decision else None
    return {"comparison": one.comparison, "prompt": one.prompt, "votes": votes, "decided": decided}
