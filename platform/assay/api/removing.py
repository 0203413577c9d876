"""Rows taken out of sight, or out of the database: what depends on them is told first."""

from types import ModuleType
from typing import Any, Literal

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, Id, Slug
from assay.api.problems import refusals
from assay.api.prompt_sets import set_or_404
from assay.api.studies import changeable, visible
from generation import removing as of_generation
from generation.models import Checkpoint, GenerationRun
from promptsets import removing as of_prompts
from raters.studies import removing as of_study

of_runs = Router(tags=["runs"])
of_checkpoints = Router(tags=["checkpoints"])
of_prompt_sets = Router(tags=["prompt sets"])
of_studies = Router(tags=["studies"])


class DependentOut(Schema):
    """Rows that stand on it; while there are any, it is archived and not deleted."""

    kind: str
    n: int


class RemoveIn(Body):
    act: Literal["archive", "bring_back", "delete"]


class RemovedOut(Schema):
    id: int
    name: str = Field(description="What it is called on pages")
    archived: bool
    deleted: bool


@of_runs.get("/{id}/dependents", auth=Token(), response=list[DependentOut], summary="What depends on a run")
def dependents_of_run(request: ApiRequest, id: Id) -> Any:  # noqa: A002
    return of_generation.dependents(found_in(GenerationRun, id))


@of_runs.post(
    "/{id}/remove", auth=Token("runs:write"), response=RemovedOut, summary="Archive or delete a run"
)
def remove_run(request: ApiRequest, id: Id, payload: RemoveIn) -> dict[str, Any]:  # noqa: A002
    """A run that something depends on is archived, never deleted; responses go with the last run that links them."""
    return removed(request, found_in(GenerationRun, id), payload.act, of_generation)


@of_checkpoints.get(
    "/{id}/dependents", auth=Token(), response=list[DependentOut], summary="What depends on a checkpoint"
)
def dependents_of_checkpoint(request: ApiRequest, id: Id) -> Any:  # noqa: A002
    return of_generation.dependents(found_in(Checkpoint, id))


@of_checkpoints.post(
    "/{id}/remove",
    auth=Token("checkpoints:write"),
    response=RemovedOut,
    summary="Archive or delete a checkpoint",
)
def remove_checkpoint(request: ApiRequest, id: Id, payload: RemoveIn) -> dict[str, Any]:  # noqa: A002
    """A checkpoint that something depends on is archived, never deleted; what was answered goes with it."""
    return removed(request, found_in(Checkpoint, id), payload.act, of_generation)


@of_prompt_sets.get(
    "/{slug}/dependents", auth=Token(), response=list[DependentOut], summary="What depends on a prompt set"
)
def dependents_of_prompt_set(request: ApiRequest, slug: Slug) -> Any:
    return of_prompts.dependents(set_or_404(slug))


@of_prompt_sets.post(
    "/{slug}/remove",
    auth=Token("prompts:write"),
    response=RemovedOut,
    summary="Archive or delete a prompt set",
)
def remove_prompt_set(request: ApiRequest, slug: Slug, payload: RemoveIn) -> dict[str, Any]:
    """A set over which there is a run, a study or a plan is archived, never deleted."""
    return removed(request, set_or_404(slug), payload.act, of_prompts)


@of_studies.get(
    "/{slug}/dependents", auth=Token(), response=list[DependentOut], summary="What depends on a study"
)
def dependents_of_study(request: ApiRequest, slug: Slug) -> Any:
    return of_study.dependents(visible(request, slug))


@of_studies.post(
    "/{slug}/remove", auth=Token("studies:write"), response=RemovedOut, summary="Archive or delete a study"
)
def remove_study(request: ApiRequest, slug: Slug, payload: RemoveIn) -> dict[str, Any]:
    """Only a draft on which nobody has begun is deleted; one that collects is paused or finished, then archived."""
    return removed(request, changeable(request, slug), payload.act, of_study)


def found_in(model: type[GenerationRun] | type[Checkpoint], pk: int) -> GenerationRun | Checkpoint:
    found = model._default_manager.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def removed(request: ApiRequest, row: Any, act: str, by: ModuleType) -> dict[str, Any]:
    """Does it by the floor's own functions, as the pages do."""
    told = {"id": row.pk, "name": str(row), "deleted": act == "delete"}
    with refusals():
        if act == "delete":
            by.delete(row, request.user)
        else:
            by.archive(row, archived=act == "archive", actor=request.user)
    return told | {"archived": row.archived_at is not None}
