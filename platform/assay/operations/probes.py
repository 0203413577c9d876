"""What machines ask: is the process alive, can it work, and how much of everything is there."""

import hmac
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound, JsonResponse

from assay.operations.exposition import CONTENT_TYPE, exposition
from assay.operations.measures import measures
from assay.operations.readiness import OK, readiness


class ProbesMiddleware:
    """Answers probes before anything else looks at them.

    Who probes comes over plain HTTP, by address instead of host name, and has no session; and a broken database must
    not keep /healthz from answering.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        answer = probe(request)
        answer["Cache-Control"] = "no-store"
        return answer


def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive and answers. Touches nothing else: a restart would not mend a database."""
    return JsonResponse({"alive": True})


def readyz(request: HttpRequest) -> HttpResponse:
    found = readiness()
    ready = set(found.values()) == {OK}
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever brings the token or asks from a listed address; to others it is not there."""
    if not (brings_token(request) or asks_from_listed_address(request)):
        return HttpResponseNotFound()
    return HttpResponse(exposition(measures()), content_type=CONTENT_TYPE)


def brings_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    brought = request.headers.get("Authorization", "").encode()
    return bool(token) and hmac.compare_digest(brought, f"Bearer {token}".encode())


def asks_from_listed_address(request: HttpRequest) -> bool:
    """Only straight: behind a proxy, every request has the proxy's address."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a socket file
        return False
    return any(address in network for network in settings.METRICS_NETWORKS)


PROBES = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
