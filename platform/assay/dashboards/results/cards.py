"""The page of a study's evaluation card, and the site's public key."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.takeaway.making import request_export
from assay.takeaway.models import Export
from assay.takeaway.signing import public_pem
from assay.takeaway.tasks import wake
from raters.access import researchers_only
from raters.models import Study

PARTS = (("card", "json"), ("card", "html"), ("study", "jsonl"))


@never_cache
@require_http_methods(["GET", "POST"])
@researchers_only
def card(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_user(request.user), slug=slug)
    if request.method == "POST":
        wake([request_export(study, *part, actor=request.user).pk for part in PARTS])
        return redirect("dashboards:card", slug)
    parts = [newest(request, study, *part) for part in PARTS]
    context = {
        "study": study,
        "parts": [part for part in parts if part],
        "under_way": any(part.is_under_way for part in parts if part),
        "card": content_of(parts[0]),
        "of_other_data": of_other_data(content_of(parts[0]), parts[-1]),
        "has_key": public_pem() is not None,
    }
    return render(request, "dashboards/card.html", context)


def newest(request: SignedInRequest, study: Study, kind: str, format_: str) -> Export | None:
    found = Export.objects.for_user(request.user).filter(study=study, kind=kind, format=format_, filters={})
    return found.exclude(status=Export.Status.CANCELLED).select_related("study").first()


def content_of(export: Export | None) -> dict[str, Any] | None:
    if export is None or export.status != Export.Status.DONE or not export.path.is_file():
        return None
    return dict(json.loads(export.path.read_bytes()))


def of_other_data(card: dict[str, Any] | None, study: Export | None) -> bool:
    """Whether answers came in between the making of the card and of the export beside it."""
    if card is None or study is None or study.status != Export.Status.DONE:
        return False
    return bool(card["evidence"]["study"]["sha256"] != study.sha256)


@require_GET
def card_key(request: HttpRequest) -> HttpResponse:
    """The key that this site's cards are checked with, for everybody."""
    pem = public_pem()
    if pem is None:
        raise Http404("This site signs no cards yet.")
    return HttpResponse(pem, content_type="application/x-pem-file")
