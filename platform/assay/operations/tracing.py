"""Ids from the request to the last line of the log: each request has one, and messages to workers carry it on."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from logging.config import dictConfig
from typing import Any

from celery import signals
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from generation.liveness import beat
from generation.log_context import about, current

logger = logging.getLogger("assay.requests")
GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
HEADER = "about"  # of Celery's messages
REFUSED = {401, 403, 404}  # what is another's is answered as what is not there
_open: dict[str, ExitStack] = {}


class RequestIdMiddleware:
    """Gives the request an id, its own if it brings one that looks like one, and tells the log how it ended.

    The log names the page and never the address, which may hold a token; a page that was refused is a warning, with
    the user who asked. Only who brought an id gets it back: what is sent to a rater says nothing that differs from page
    to page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        brought = request.headers.get("X-Request-ID", "")
        known = GIVEN.fullmatch(brought) is not None
        with about(request=brought if known else secrets.token_hex(8)):
            started = time.perf_counter()
            response = self.get_response(request)
            tell(request, response, time.perf_counter() - started)
        if known:
            response["X-Request-ID"] = brought
        return response


def tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    page = request.resolver_match.view_name if request.resolver_match else "-"
    facts: dict[str, Any] = {"status": response.status_code, "ms": round(seconds * 1000, 1)}
    level = logging.INFO
    if response.status_code in REFUSED and request.resolver_match:
        level = logging.WARNING
        facts |= asker(request)
    logger.log(level, "%s %s", request.method, page, extra={"facts": facts})


def asker(request: HttpRequest) -> dict[str, int]:
    """The user whom a page was refused, by number; nothing of one who is not signed in."""
    user = getattr(request, "user", None)
    return {"user": user.pk} if user is not None and user.is_authenticated else {}


@signals.setup_logging.connect(dispatch_uid="our_logging")
def log_as_the_site_does(**_: Any) -> None:
    """In a Celery process, in place of Celery's own configuration."""
    dictConfig(settings.LOGGING)


@signals.before_task_publish.connect(dispatch_uid="hand_ids_on")
def hand_on(headers: dict[str, Any], **_: Any) -> None:
    headers[HEADER] = current()


@signals.after_task_publish.connect(dispatch_uid="sign_of_life")
def note_life(**_: Any) -> None:
    """Beat's only work is to publish."""
    beat()


@signals.task_prerun.connect(dispatch_uid="take_ids_up")
def take_up(task_id: str, task: Any, **_: Any) -> None:
    stack = _open[task_id] = ExitStack()
    stack.enter_context(about(**{**(getattr(task.request, HEADER, None) or {}), "task": task_id}))


@signals.task_postrun.connect(dispatch_uid="let_ids_go")
def let_go(task_id: str, **_: Any) -> None:
    if stack := _open.pop(task_id, None):
        stack.close()
