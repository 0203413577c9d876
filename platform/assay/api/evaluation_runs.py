"""Evaluation runs with steps, gates and what was told; what a checkpoint lost; the verdict on a checkpoint."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from assay.accounts.models import User
from assay.api.authentication import ApiRequest, Token, may_see_names
from assay.api.evaluations import plan_or_404
from assay.api.fields import Body, Id, ShortText, Slug, Text
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import Refused, refusals
from assay.evaluations import stopping
from assay.evaluations.changes import Change, changed_most, hidden_from
from assay.evaluations.models import EvaluationRun, EvaluationStep
from assay.evaluations.noting import note
from assay.evaluations.starting import start
from assay.evaluations.verdicts import standing_of
from generation.naming import checkpoint_named

of_plans = Router(tags=["evaluations"])
router = Router(tags=["evaluations"])
RELATED = ("evaluation", "version__baseline", "version__judge", "checkpoint", "previous")


class CheckpointNameIn(Body):
    checkpoint: ShortText = Field(description="Its name")


class NoteIn(Body):
    note: Annotated[Text, Field(max_length=1000, description="Stands beside it on the timeline")]


class LineOut(Schema):
    at: datetime
    text: str


class StepOut(Schema):
    name: str
    status: str
    attempts: int
    started_at: datetime | None
    finished_at: datetime | None
    error: str
    log: list[LineOut]


class AskedOut(Schema):
    study: str
    against: str
    prompt_set: str


class DeliveryOut(Schema):
    kind: str
    target: str
    status: str
    attempts: int
    error: str


class EvaluationRunOut(Schema):
    id: int
    evaluation: str
    version: int
    checkpoint: str
    previous: str | None = Field(description="The last that had passed when it began")
    baseline: str
    status: str
    verdict: str | None
    caveat: str = Field(description="Where no person judged, that is said here")
    reason: str
    note: str
    gates: dict[str, Any]
    started_at: datetime
    decided_at: datetime | None
    finished_at: datetime | None


class EvaluationRunDetailOut(EvaluationRunOut):
    steps: list[StepOut]
    studies: list[AskedOut]
    told: list[DeliveryOut]


class ChangeOut(Schema):
    """A prompt on which the later checkpoint lost what the earlier one had won, by mean outcome over the baseline."""

    prompt: str
    before: float
    after: float
    earlier: list[str] = Field(description="Empty, as the others, where a study still hides names from you")
    later: list[str]
    baseline: list[str]


class VerdictOut(Schema):
    checkpoint: str
    answer: str = Field(description="pass, improvement, fail, inconclusive or not finished")
    exit_code: int = Field(description="Of `manage.py verdict`: 0, 10, 11 or 12")
    lines: list[str] = Field(description="What it rests on, plan by plan")


@of_plans.get(
    "/{slug}/runs", auth=Token(), response=Page[EvaluationRunOut], summary="Evaluation runs of a plan"
)
def list_evaluation_runs(
    request: HttpRequest, slug: Slug, after: After = "", limit: Limit = 100
) -> dict[str, Any]:
    return page_of(plan_or_404(slug).runs.select_related(*RELATED), after, limit, run_out)


@of_plans.post(
    "/{slug}/runs",
    auth=Token("evaluations:write"),
    response={200: EvaluationRunOut, 201: EvaluationRunOut},
    summary="Evaluate a checkpoint",
)
def start_evaluation(request: ApiRequest, slug: Slug, payload: CheckpointNameIn) -> Status[dict[str, Any]]:
    """For one that the plan does not take by itself. A checkpoint is evaluated once: 200 is the run that there was."""
    plan = plan_or_404(slug)
    with refusals():
        checkpoint = checkpoint_named(payload.checkpoint)
        made = start(plan, checkpoint, request.user)
    return Status(
        201 if made else 200, run_out(plan.runs.select_related(*RELATED).get(checkpoint=checkpoint))
    )


@of_plans.get("/{slug}/changes", auth=Token(), response=list[ChangeOut], summary="What a checkpoint lost")
def list_changes(
    request: ApiRequest,
    slug: Slug,
    old: Annotated[Id, Query(description="The earlier evaluation run")],
    new: Annotated[Id, Query(description="The later one, of the same plan")],
) -> list[dict[str, Any]]:
    """The largest drops first, of studies that you may know of."""
    runs = plan_or_404(slug).runs.select_related("version__judge").in_bulk([old, new])
    if not {old, new} <= runs.keys():
        raise Refused(f"{slug} has no evaluation runs {old} and {new}.")
    if undecided := next((run for run in runs.values() if not run.verdict), None):
        raise Refused(f"Run {undecided.pk} has no verdict yet; before that nobody is told how it goes.")
    changed = changed_most(runs[old], runs[new], request.user)
    hidden = hidden_from(request.user, changed, names_allowed=may_see_names(request))
    return [change_out(change, hidden) for change in changed]


@router.get(
    "/evaluation-runs/{id}", auth=Token(), response=EvaluationRunDetailOut, summary="One evaluation run"
)
def one_evaluation_run(request: ApiRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    return detail_out(run_or_404(id), request.user)


@router.post(
    "/evaluation-runs/{id}/cancel",
    auth=Token("evaluations:write"),
    response=EvaluationRunOut,
    summary="Cancel an evaluation run",
)
def cancel_evaluation(request: ApiRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    with refusals():
        stopping.cancel(run_or_404(id), request.user)
    return run_out(run_or_404(id))


@router.post(
    "/evaluation-runs/{id}/retry",
    auth=Token("evaluations:write"),
    response=EvaluationRunOut,
    summary="Let one that stopped go on",
)
def retry_evaluation(request: ApiRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    with refusals():
        stopping.retry(run_or_404(id), request.user)
    return run_out(run_or_404(id))


@router.put(
    "/evaluation-runs/{id}/note",
    auth=Token("evaluations:write"),
    response=EvaluationRunOut,
    summary="Write a note for the timeline",
)
def note_evaluation(request: ApiRequest, id: Id, payload: NoteIn) -> dict[str, Any]:  # noqa: A002
    note(run_or_404(id), payload.note, request.user)
    return run_out(run_or_404(id))


@router.get("/verdicts", auth=Token(), response=VerdictOut, summary="The verdict on a checkpoint")
def verdict_of(
    request: HttpRequest,
    checkpoint: Annotated[ShortText, Query(description="Its name, or its folder's in a watched place")],
    plan: Annotated[Slug | None, Query(description="By this plan alone; by default over all")] = None,
) -> dict[str, Any]:
    """422 for one that nobody knows, nothing evaluates, was refused, or whose evaluation failed."""
    with refusals():
        standing = standing_of(checkpoint, plan)
    told = {"answer": standing.answer, "exit_code": standing.exit_code, "lines": list(standing.lines)}
    return {"checkpoint": checkpoint} | told


def run_or_404(pk: int) -> EvaluationRun:
    run = EvaluationRun.objects.select_related(*RELATED).filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


def run_out(row: EvaluationRun) -> dict[str, Any]:
    fields = ("status", "verdict", "caveat", "reason", "note", "started_at", "decided_at", "finished_at")
    return {name: getattr(row, name) for name in fields} | {
        "id": row.pk,
        "evaluation": row.evaluation.slug,
        "version": row.version.number,
        "checkpoint": row.checkpoint.name,
        "previous": row.previous.name if row.previous else None,
        "baseline": row.version.baseline.name,
        "gates": row.decision,
    }


def detail_out(row: EvaluationRun, reader: User) -> dict[str, Any]:
    return run_out(row) | {
        "steps": [step_out(step) for step in row.steps.prefetch_related("lines")],
        "studies": [
            {"study": one.study.slug, "against": one.against, "prompt_set": str(one.prompt_set_version)}
            for one in row.studies_of(reader)
        ],
        "told": [
            {name: getattr(one, name) for name in DeliveryOut.model_fields} for one in row.deliveries.all()
        ],
    }


def step_out(step: EvaluationStep) -> dict[str, Any]:
    fields = ("name", "status", "attempts", "started_at", "finished_at", "error")
    log = [{"at": line.at, "text": line.text} for line in step.lines.all()]
    return {name: getattr(step, name) for name in fields} | {"log": log}


def change_out(change: Change, hidden: set[int]) -> dict[str, Any]:
    texts = [one.turns if one and one.pk not in hidden else [] for one in change.responses]
    told = dict(zip(("earlier", "later", "baseline"), texts, strict=True))
    return {"prompt": change.later.prompt.key, "before": change.before, "after": change.after} | told
