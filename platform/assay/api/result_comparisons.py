"""The comparisons behind a number of a study's results, each with all its votes: what the page of comparisons lists."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import ShortText, Slug
from assay.api.judgments import SafetyLabelOut
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from assay.api.studies import visible
from assay.api.study_comparisons import SideOut, arms_of
from assay.reports.behind.asking import Asked, offers
from assay.reports.behind.comparisons import fitting_comparisons
from assay.reports.behind.showing import Shown, Vote, shown
from promptsets.fitting import offered, refuse_unoffered

router = Router(tags=["reports"])
ANYTHING = {"q", "prompt", "rater"}  # filters that take any text


class CountedFilters(Schema):
    """Each leaves only what fits. What values there are depends on the study: any other is refused with those."""

    pair: ShortText | None = Field(default=None, description="Two arms, by the numbers that links carry")
    outcome: ShortText | None = Field(default=None, description="first, even or second: whom most prefer")
    said: ShortText | None = Field(default=None, description="first, tie or second: what some rater says")
    votes: ShortText | None = Field(
        default=None, description="split: raters disagree on the better one; alike: they do not"
    )
    rater: Annotated[ShortText, Field(min_length=1, max_length=16)] | None = Field(
        default=None, description="Judged by the one of this code"
    )
    counted: ShortText | None = Field(
        default=None, description="The number, by its name in reports, as far as it has judgments of its own"
    )
    judged_by: ShortText | None = Field(
        default=None,
        description="By the language model of this key, or key-part: alike, differ, beside_people, agreed, disagreed",
    )
    labelled: ShortText | None = Field(
        default=None, description="By safety labels: a rate, or what it counts among, and an arm"
    )
    q: Annotated[ShortText, Field(min_length=1)] | None = Field(
        default=None, description="Held by the prompt's text or key, in whatever case"
    )
    prompt: Annotated[ShortText, Field(min_length=1)] | None = Field(
        default=None, description="The prompt of this key alone"
    )
    category: ShortText | None = None
    language: ShortText | None = None
    length: ShortText | None = Field(default=None, description="Of the prompt: s, m, l or xl")
    hazard: ShortText | None = None
    expected: ShortText | None = None


class VoteOut(Schema):
    """What one rater said."""

    rater: str = Field(description="Code; empty of a tie by definition, and where you may not know it")
    preferred: str = Field(description="A model, as `sides` names it, or tie")
    side_of_first: Literal["left", "right"] | None = Field(description="null: nobody was shown it")
    strength: int
    both_bad: bool
    comment: str
    safety_labels: list[SafetyLabelOut]
    counts: bool = Field(description="Whether it is in the number that was asked for")
    why_not: str = Field(description="Why it is not; empty where it is")


class CountedOut(Schema):
    """One comparison; texts with a mark in place of each character that no screen shows."""

    id: int
    prompt: str
    category: str
    hazard: str
    turns: list[str] = Field(description="Of the prompt")
    sides: list[SideOut] = Field(description="The first and the second, as filters and votes name them")
    status: str = Field(description="open; equal and reused count without having been asked in this study")
    votes: list[VoteOut]


@router.get(
    "/{slug}/results/comparisons",
    auth=Token(),
    response=Page[CountedOut],
    summary="Comparisons behind a number, with their votes",
)
def list_counted(
    request: ApiRequest, slug: Slug, filters: Query[CountedFilters], after: After = "", limit: Limit = 100
) -> dict[str, Any]:
    """Those that count in the headline, in the number `counted` or in a language model's; other votes say why not."""
    study = visible(request, slug)
    asked = Asked(study, arms_of(study, request), filters.model_dump(exclude_none=True))
    with refusals():
        check(asked)
    rows = fitting_comparisons(asked).only("pk", "study")  # a deferred study would be fetched row by row
    page = page_of(rows, after, limit, lambda row: row.pk)
    found = shown(asked.counting, asked.arms, request.user, page["items"])
    return page | {"items": [counted_out(one) for one in found]}


def check(asked: Asked) -> None:
    """Raises: FieldError for a value that is not offered, with those that are."""
    offers_here: dict[str, Iterable[str]] = {**offered(asked.study.prompt_set_version)}
    refuse_unoffered(asked.filters, offers_here | offers(asked.study, asked.arms), ANYTHING)


def counted_out(one: Shown) -> dict[str, Any]:
    names = zip((one.first, one.second), one.responses, strict=True)
    return {
        "id": one.pk,
        "prompt": one.key,
        "category": one.category,
        "hazard": one.hazard,
        "turns": one.prompt,
        "sides": [{"model": model, "turns": turns} for model, turns in names],
        "status": one.status,
        "votes": [vote_out(vote) for vote in one.votes],
    }


def vote_out(vote: Vote) -> dict[str, Any]:
    same = ("rater", "strength", "both_bad", "comment", "why_not")
    sides = {True: "left", False: "right", None: None}
    return {name: getattr(vote, name) for name in same} | {
        "preferred": vote.model or "tie",
        "side_of_first": sides[vote.first_is_left],
        "safety_labels": vote.labels,
        "counts": not vote.why_not,
    }
