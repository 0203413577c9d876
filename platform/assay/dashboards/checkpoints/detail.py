"""The page of one checkpoint: where it comes from, its runs, and the studies and evaluations that it is in."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.models import AuditEvent
from assay.accounts.requests import SignedInRequest
from assay.dashboards.paging import newest_first
from generation.models import Checkpoint
from raters.access import researchers_only
from raters.models import Study
from raters.studies.unblinding import sees_arms

LISTS = ("runs", "studies", "evaluations")
BROUGHT_IN = ("checkpoint.registered", "responses.imported")


@never_cache
@require_GET
@researchers_only
def checkpoint(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Checkpoint.objects.select_related("series"), pk=pk)
    runs = found.runs.with_progress().select_related("prompt_set_version__prompt_set")
    evaluated = found.evaluation_runs.select_related("evaluation", "version__judge")
    context: dict[str, Any] = {
        "checkpoint": found,
        "registered": registered(found),
        "runs": newest_first(runs, request.GET, "runs", LISTS),
        "studies": newest_first(studies_of(found, request.user), request.GET, "studies", LISTS),
        "evaluation_runs": newest_first(evaluated, request.GET, "evaluations", LISTS),
        "result_files": found.result_files.select_related("imported_by").prefetch_related("results"),
    }
    return render(request, "dashboards/checkpoint.html", context)


def registered(row: Checkpoint) -> AuditEvent | None:
    """The act by which it came, as the audit log has it. An imported one came with the first of its responses."""
    if row.source == Checkpoint.Source.IMPORTED:
        keys = [str(pk) for pk in row.runs.values_list("pk", flat=True)]
        acts = AuditEvent.objects.filter(target_type="generation.generationrun", target_id__in=keys)
    else:
        acts = AuditEvent.objects.filter(target_type="generation.checkpoint", target_id=str(row.pk))
    return acts.filter(action__in=BROUGHT_IN).select_related("actor").order_by("pk").first()


def studies_of(row: Checkpoint, user: AbstractBaseUser) -> QuerySet[Study]:
    """Those that this person may see and whose names they may know: a blind study's arms are told to nobody else."""
    found = Study.objects.for_user(user).filter(arms__run__checkpoint=row).distinct()
    told = [study.pk for study in found if sees_arms(study, user)]
    return Study.objects.filter(pk__in=told).select_related("prompt_set_version__prompt_set")
