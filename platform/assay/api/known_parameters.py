"""A query parameter that an operation does not know is refused, as a field of a body is: a misspelt filter would
otherwise answer with everything.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.operation import Operation

from assay.api.authentication import token_of
from assay.api.problems import FieldProblem, problem

Run = Callable[..., HttpResponse]


def only_known(run: Run) -> Run:
    """Around every operation. Who sent no valid token is told that first."""
    known = sorted(names_of(inspect.unwrap(run).__self__))

    @wraps(run)
    def operation(request: HttpRequest, **values: Any) -> HttpResponse:
        unknown = [name for name in request.GET if name not in known]
        if not unknown or token_of(request) is None:
            return run(request, **values)
        told = f"is no parameter here; {'known are ' + ', '.join(known) if known else 'none is known'}"
        errors = [FieldProblem(field=name, message=told) for name in unknown]
        return problem(422, "; ".join(f"{name} {told}" for name in unknown), errors)

    return operation


def names_of(operation: Operation) -> set[str]:
    """The query parameters that it declares."""
    asked = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    return {name for model in asked for name in model.__ninja_flatten_map__}
