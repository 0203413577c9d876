"""The API put together: each subject's router, errors as problems, the schema."""

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from assay.api import (
    audit,
    checkpoints,
    evaluation_runs,
    evaluations,
    exports,
    imports,
    judgments,
    leaderboards,
    people,
    prompt_changes,
    prompt_sets,
    removing,
    reports,
    result_comparisons,
    run_plans,
    runs,
    series,
    studies,
    study_comparisons,
    study_copies,
    study_designs,
    study_imports,
    study_messages,
    study_people,
    study_plans,
    study_power,
    study_progress,
    study_quality,
    study_raters,
)
from assay.api.authentication import AuthenticationError
from assay.api.idempotency import once
from assay.api.known_parameters import only_known
from assay.api.problems import NOT_FOUND, Refused, of_validation, problem
from assay.api.schema import documented

logger = logging.getLogger("django.request")


class AssayApi(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> Any:
        return documented(super().get_openapi_schema(**options))


api = AssayApi(
    title="Assay",
    version="1",
    description="Human preference and safety evaluation of language models. All that pages can do, for programs.",
    docs_url=None,  # our own page: Swagger's needs scripts of another host
)
api.add_decorator(only_known, mode="view")
api.add_decorator(once, mode="view")
api.add_router("/prompt-sets", prompt_sets.router)
api.add_router("/prompt-sets", prompt_changes.router)
api.add_router("/prompt-sets", removing.of_prompt_sets)
# Before checkpoints, whose addresses take any word for a number.
api.add_router("/checkpoints", imports.router)
api.add_router("/checkpoints", checkpoints.router)
api.add_router("/checkpoints", removing.of_checkpoints)
api.add_router("/registrations", checkpoints.registrations)
api.add_router("/runs", run_plans.of_plans)
api.add_router("/runs", runs.router)
api.add_router("/runs", removing.of_runs)
api.add_router("/studies", study_imports.router)
api.add_router("/studies", studies.router)
api.add_router("/studies", study_progress.router)
api.add_router("/studies", study_copies.router)
api.add_router("/studies", study_designs.router)
api.add_router("/studies", removing.of_studies)
api.add_router("/studies", study_people.router)
api.add_router("/studies", judgments.router)
api.add_router("/studies", reports.of_studies)
api.add_router("/studies", result_comparisons.router)
api.add_router("/studies", study_quality.router)
api.add_router("/studies", study_comparisons.router)
api.add_router("/studies", study_raters.router)
api.add_router("/studies", study_messages.router)
api.add_router("/studies", exports.of_studies)
api.add_router("/series", series.router)
api.add_router("/evaluations", evaluations.router)
api.add_router("/evaluations", evaluation_runs.of_plans)
api.add_router("/leaderboards", leaderboards.router)
api.add_router("/people", people.router)
api.add_router("/audit", audit.router)
api.add_router("", study_plans.of_sites)
api.add_router("", study_power.router)
api.add_router("", reports.router)
api.add_router("", exports.router)
api.add_router("", evaluation_runs.router)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, NOT_FOUND)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, error: Any) -> HttpResponse:
    errors = of_validation(error.errors)
    detail = "; ".join(f"{one.field}: {one.message}" if one.field else one.message for one in errors)
    return problem(422, detail, errors)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, error.message, error.errors)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: Any) -> HttpResponse:
    response = problem(error.status_code, error.message)
    if isinstance(error, AuthenticationError):
        response["WWW-Authenticate"] = "Bearer"
    if error.status_code == 429:
        response["Retry-After"] = str(request.rate.resets_in_s)  # type: ignore[attr-defined]
    return response


@api.exception_handler(Exception)
def broken(request: HttpRequest, error: Any) -> HttpResponse:
    logger.exception("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, "Something broke on our side; nothing was changed.")
