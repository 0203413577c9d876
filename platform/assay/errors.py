"""The page for what broke on our side: with a number to quote, under which the log has it."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string

log = logging.getLogger("assay.errors")


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs nothing but the address: whatever broke may be broken still."""
    number = secrets.token_hex(4)
    page = request.resolver_match.view_name if request.resolver_match else "no page"
    log.error("error %s at %s", number, page)  # never the address: it may hold a token
    return HttpResponseServerError(render_to_string("500.html", {"number": number}))
