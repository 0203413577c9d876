"""Runs and checkpoints out of sight, or out of the database: what depends on them is told first."""

from typing import Any, Literal

from django.http import Http404
from ninja import Router, Schema

from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, Id
from assay.api.problems import refusals
from generation.models import Checkpoint, GenerationRun
from generation.removing import archive, delete, dependents

of_runs = Router(tags=["runs"])
of_checkpoints = Router(tags=["checkpoints"])


class DependentOut(Schema):
    """Rows that stand on it; while there are any, it is archived and not deleted."""

    kind: str
    n: int


class RemoveIn(Body):
    act: Literal["archive", "bring_back", "delete"]


class RemovedOut(Schema):
    id: int
    name: str
    archived: bool
    deleted: bool


@of_runs.get("/{id}/dependents", auth=Token(), response=list[DependentOut], summary="What depends on a run")
def dependents_of_run(request: ApiRequest, id: Id) -> Any:  # noqa: A002
    return dependents(found_in(GenerationRun, id))


@of_runs.post(
    "/{id}/remove", auth=Token("runs:write"), response=RemovedOut, summary="Archive or delete a run"
)
def remove_run(request: ApiRequest, id: Id, payload: RemoveIn) -> dict[str, Any]:  # noqa: A002
    """A run that something depends on is archived, never deleted; responses go with the last run that links them."""
    return removed(request, found_in(GenerationRun, id), payload.act)


@of_checkpoints.get(
    "/{id}/dependents", auth=Token(), response=list[DependentOut], summary="What depends on a checkpoint"
)
def dependents_of_checkpoint(request: ApiRequest, id: Id) -> Any:  # noqa: A002
    return dependents(found_in(Checkpoint, id))


@of_checkpoints.post(
    "/{id}/remove",
    auth=Token("checkpoints:write"),
    response=RemovedOut,
    summary="Archive or delete a checkpoint",
)
def remove_checkpoint(request: ApiRequest, id: Id, payload: RemoveIn) -> dict[str, Any]:  # noqa: A002
    """A checkpoint that something depends on is archived, never deleted; what was answered goes with it."""
    return removed(request, found_in(Checkpoint, id), payload.act)


def found_in(model: type[GenerationRun] | type[Checkpoint], pk: int) -> GenerationRun | Checkpoint:
    found = model._default_manager.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def removed(request: ApiRequest, row: GenerationRun | Checkpoint, act: str) -> dict[str, Any]:
    told = {"id": row.pk, "name": str(row), "deleted": act == "delete"}
    with refusals():
        if act == "delete":
            delete(row, request.user)
        else:
            archive(row, archived=act == "archive", actor=request.user)
    return told | {"archived": row.archived_at is not None}
