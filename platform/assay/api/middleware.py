"""What all answers under /api/v1/ share: problems instead of error pages, entity tags, what is left of the rate."""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from assay.api.problems import CONTENT_TYPE, NOT_FOUND, problem

ROOT = "/api/v1/"
TOLD = {
    400: "The request cannot be read.",
    404: NOT_FOUND,
    405: "This address knows other methods; Allow lists them.",
    413: "The request is too large.",
    500: "Something broke on our side; nothing was changed.",
}


class ApiMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(ROOT):
            return response
        if response.status_code >= 400 and response["Content-Type"] != CONTENT_TYPE:
            response = as_problem(response)
        if rate := getattr(request, "rate", None):
            response["RateLimit-Limit"] = str(rate.limit)
            response["RateLimit-Remaining"] = str(rate.remaining)
            response["RateLimit-Reset"] = str(rate.resets_in_s)
        response["Cache-Control"] = "private, no-cache"  # kept by the client alone, and asked about each time
        patch_vary_headers(response, ["Authorization"])
        return tagged(request, response)


def as_problem(response: HttpResponse) -> HttpResponse:
    """The same status in our form, for what Django answers before an operation is reached."""
    made = problem(response.status_code, TOLD.get(response.status_code, response.reason_phrase))
    if "Allow" in response:
        made["Allow"] = response["Allow"]
    return made


def tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """With a tag of its content; 304 without content to who has it already."""
    if request.method not in {"GET", "HEAD"} or response.status_code != 200 or response.streaming:
        return response
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = tag
    return get_conditional_response(request, etag=tag, response=response) or response
