"""What browsers report against the policy of contents: one line of the log for each, without any text of a page."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = logging.getLogger("assay.policy")

LARGEST_BODY, MOST_REPORTS = 16 << 10, 10  # a browser sends one at a time, or a few that it gathered
DIRECTIVES = frozenset(
    f"{kind}-src{part}" for kind in ("script", "style") for part in ("", "-elem", "-attr")
) | {"default-src", "img-src", "font-src", "connect-src", "media-src", "object-src", "frame-src", "child-src"}
DIRECTIVES |= {"worker-src", "manifest-src", "form-action", "frame-ancestors", "base-uri"}
KEYWORDS = {"inline", "eval", "wasm-eval", "data", "blob", "self", "trusted-types-policy"}


@dataclass(frozen=True)
class PolicyReport:
    """What may be known of a violation: addresses of pages hold tokens, samples hold responses, so neither is kept."""

    directive: str
    blocked: str
    page: str
    line: int

    @classmethod
    def of(cls, told: dict[str, Any]) -> "PolicyReport":
        """told: the body of either format; what it says of us is believed only where we know the word."""
        directive = _first(told, "effectiveDirective", "effective-directive", "violated-directive").split(
            " "
        )[0]
        line = told.get("lineNumber", told.get("line-number"))
        return cls(
            directive if directive in DIRECTIVES else "unknown",
            _origin(_first(told, "blockedURL", "blocked-uri")),
            _route(_first(told, "documentURL", "document-uri")),
            line if type(line) is int and 0 < line < 10**6 else 0,
        )


@csrf_exempt  # browsers send reports by themselves, without cookies and tokens
@require_POST
def policy_reports(request: HttpRequest) -> HttpResponse:
    """Answers 204 to a report in either format, 413 to a larger one than any, 400 to anything else."""
    if limited := ratelimit.consume_or_429(request, action="policy_reports"):
        return limited
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        return HttpResponse(status=413)
    try:
        reports = list(reports_in(body))
    except (ValueError, RecursionError):
        return HttpResponse("Expected a report of a browser, as JSON.", status=400, content_type="text/plain")
    for report in reports[:MOST_REPORTS]:
        log.warning(
            "blocked by policy: directive=%s blocked=%s page=%s line=%d",
            report.directive,
            report.blocked,
            report.page,
            report.line,
        )
    return HttpResponse(status=204)


def reports_in(body: bytes) -> Iterator[PolicyReport]:
    """Of `report-uri` (one object) or of `report-to` (a list). Raises: ValueError for what is neither."""
    sent = json.loads(body)
    if isinstance(sent, dict) and isinstance(sent.get("csp-report"), dict):
        yield PolicyReport.of(sent["csp-report"])
    elif isinstance(sent, list) and all(isinstance(one, dict) for one in sent):
        of_policy = [one for one in sent if one.get("type") == "csp-violation"]
        yield from (PolicyReport.of(one["body"]) for one in of_policy if isinstance(one.get("body"), dict))
    else:
        raise ValueError("neither a report nor a list of reports")


def _first(told: dict[str, Any], *names: str) -> str:
    return next((told[name] for name in names if isinstance(told.get(name), str)), "")


def _origin(text: str) -> str:
    """Scheme and host of an address, or the word that stands for none."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return "unknown"
    if not parts.scheme:
        return text if text in KEYWORDS else "unknown"
    known = all(letter.isalnum() or letter in ".-:[]+" for letter in parts.scheme + host)
    shown = f"{parts.scheme}://{host}" if host else parts.scheme
    return shown[:200] if known and shown.isascii() else "unknown"


def _route(address: str) -> str:
    """The name of the page's route, which holds no part of its address."""
    try:
        return resolve(urlsplit(address).path or "/").view_name or "unknown"
    except (Resolver404, ValueError):
        return "unknown"
