"""Generation runs: stopped, tried again; how far they have come, and what was answered."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token, may_see_names
from assay.api.fields import Archived, Id, ShortText, VersionName
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from generation.fitting import categories_of, fitting_places, most_turns_of
from generation.models import GenerationRun, Response, RunResponse
from generation.progress import run_progress
from generation.stopping import retry, stop
from promptsets.fitting import refuse_unoffered
from promptsets.naming import version_named
from raters.studies.unblinding import blind_runs, kept_back, texts_in

router = Router(tags=["runs"])
RELATED = ("checkpoint", "prompt_set_version__prompt_set")


class RunOut(Schema):
    id: int
    checkpoint: str
    prompt_set: str
    sampling: dict[str, Any]
    seed: int
    samples: int
    wanted: int = Field(description="Responses that the run asks for")
    present: int = Field(description="Responses that there are")
    archived: bool
    created_at: datetime


class FailureOut(Schema):
    chunk: int
    status: str
    attempts: int
    error: str


class ProgressOut(Schema):
    run: RunOut
    under_way: bool
    kept_back: bool = Field(
        description="Whether a study hides names from you still: then what texts add up to is not told"
    )
    by_status: dict[str, int]
    tokens: int | None
    close_calls: int | None = Field(
        description="Tokens that our engine chose by less than 0.001: other slots or devices may choose others"
    )
    tokens_a_second: float | None
    chunks: dict[str, int]
    failures: list[FailureOut]


class ChunksOut(Schema):
    """How many chunks the act was about."""

    run: int
    chunks: int


class ResponseOut(Schema):
    prompt: str = Field(description="The prompt's key")
    sample: int
    kept_back: bool = Field(description="Whether the rest is empty since a study hides names from you still")
    status: str | None = Field(description="null: there is no response yet, or it is kept back")
    finish_reason: str | None
    turns: list[str]
    flags: list[Any]
    n_prompt_tokens: int | None
    n_output_tokens: int | None


class ResponseFilters(Schema):
    """Each leaves only responses that fit, are there and are not kept back."""

    q: Annotated[ShortText, Field(min_length=1)] | None = Field(
        default=None, description="Held by the response's text, in whatever case"
    )
    category: ShortText | None = Field(default=None, description="Of the prompt")
    finish: Literal[*Response.FinishReason.values] | None = Field(  # type: ignore[valid-type]
        default=None, description="What ended it"
    )
    status: Literal[*Response.Status.values] | None = None  # type: ignore[valid-type]
    length: Literal["s", "m", "l", "xl"] | None = None


@router.get("", auth=Token(), response=Page[RunOut], summary="List runs")
def list_runs(
    request: HttpRequest,
    checkpoint: Annotated[ShortText | None, Query(description="Only those of this checkpoint")] = None,
    prompt_set: Annotated[VersionName | None, Query(description="Only those over this version")] = None,
    archived: Archived = False,
    after: After = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    rows = GenerationRun.objects.filter(archived_at__isnull=not archived)
    rows = rows.with_progress().select_related(*RELATED)
    if checkpoint is not None:
        rows = rows.filter(checkpoint__name=checkpoint)
    if prompt_set is not None:
        with refusals():
            rows = rows.filter(prompt_set_version=version_named(prompt_set))
    return page_of(rows, after, limit, run_out)


@router.get("/{id}", auth=Token(), response=RunOut, summary="One run")
def one_run(request: HttpRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    return run_out(run_or_404(id))


@router.get("/{id}/progress", auth=Token(), response=ProgressOut, summary="How far a run has come")
def progress_of_run(request: ApiRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    run = run_or_404(id)
    progress = run_progress(run)
    hidden = run.pk in blind_runs(request.user, names_allowed=may_see_names(request))
    of_texts = (
        {"by_status": {}, "tokens": None, "close_calls": None}
        if hidden
        else {name: getattr(progress, name) for name in ("by_status", "tokens", "close_calls")}
    )
    counts = ("tokens_a_second", "chunks")
    failures = [
        {"chunk": one.number, "status": one.status, "attempts": one.attempts, "error": one.error}
        for one in progress.failures
    ]
    told = {"run": run_out(run), "under_way": progress.is_under_way, "failures": failures}
    return {name: getattr(progress, name) for name in counts} | {"kept_back": hidden, **of_texts} | told


@router.post("/{id}/stop", auth=Token("runs:write"), response=ChunksOut, summary="Stop a run")
def stop_run(request: ApiRequest, id: Id) -> dict[str, int]:  # noqa: A002
    """What is stored stays; `retry` goes on."""
    run = run_or_404(id)
    with refusals():
        return {"run": run.pk, "chunks": stop(run, request.user)}


@router.post(
    "/{id}/retry", auth=Token("runs:write"), response=ChunksOut, summary="Try again what failed or stopped"
)
def retry_run(request: ApiRequest, id: Id) -> dict[str, int]:  # noqa: A002
    run = run_or_404(id)
    with refusals():
        return {"run": run.pk, "chunks": retry(run, request.user)}


@router.get("/{id}/responses", auth=Token(), response=Page[ResponseOut], summary="Responses of a run")
def list_responses(
    request: ApiRequest,
    id: Id,  # noqa: A002
    filters: Query[ResponseFilters],
    after: After = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    """A place for each sample of each prompt, whether it is filled or not.

    A text that stands in a blind study is kept back: under its checkpoint's name it would tell who wrote it there.
    """
    run = run_or_404(id)
    names_allowed = may_see_names(request)
    hidden = kept_back(run, request.user, names_allowed=names_allowed)
    places = run.items.select_related("prompt", "response")
    if asked := filters.model_dump(exclude_none=True):
        blind = blind_runs(request.user, names_allowed=names_allowed)
        shown = places.exclude(response=None).exclude(response__in=texts_in(blind))
        places = fitting_in(run, shown, asked)
    return page_of(places, after, limit, lambda place: response_out(place, place.response_id in hidden))


def fitting_in(
    run: GenerationRun, places: QuerySet[RunResponse], asked: dict[str, str]
) -> QuerySet[RunResponse]:
    """Raises: Refused for a category that the run's prompts are not of."""
    versions = [run.prompt_set_version]
    with refusals():
        refuse_unoffered(
            {name: value for name, value in asked.items() if name == "category"},
            {"category": categories_of(versions)},
        )
    return fitting_places(places, asked, most_turns_of(versions))


def run_or_404(pk: int) -> Any:
    found = GenerationRun.objects.with_progress().select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def run_out(row: Any) -> dict[str, Any]:
    fields = ("sampling", "seed", "samples", "wanted", "present", "created_at")
    names = {"id": row.pk, "checkpoint": row.checkpoint.name, "prompt_set": str(row.prompt_set_version)}
    names |= {"archived": row.archived_at is not None}
    return {name: getattr(row, name) for name in fields} | names


def response_out(place: RunResponse, is_kept_back: bool) -> dict[str, Any]:
    response = None if is_kept_back else place.response
    fields = ("status", "finish_reason", "n_prompt_tokens", "n_output_tokens")
    out: dict[str, Any] = {name: getattr(response, name, None) for name in fields}
    lists = {"turns": getattr(response, "turns", []), "flags": getattr(response, "flags", [])}
    return out | lists | {"prompt": place.prompt.key, "sample": place.sample, "kept_back": is_kept_back}
