"""The page of a study's exports: what can be asked for, what is under way, what lies ready and until when."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assay.accounts.requests import SignedInRequest
from assay.dashboards.paging import newest_first
from assay.takeaway.comparator import pairs_of
from assay.takeaway.formats import content_type
from assay.takeaway.kinds import KINDS
from assay.takeaway.making import cancel, note_opened, request_export
from assay.takeaway.models import Export
from assay.takeaway.preferences import RULES
from assay.takeaway.source import Source
from assay.takeaway.tasks import wake
from raters.access import researchers_only
from raters.models import Study


@never_cache
@require_http_methods(["GET", "POST"])
@researchers_only
def exports(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_user(request.user), slug=slug)
    if request.method == "POST":
        ask_for(request, study)
        return redirect("dashboards:exports", slug)
    found = Export.objects.for_user(request.user).filter(study=study).select_related("requested_by")
    page = newest_first(found, request.GET)
    context = {
        "study": study,
        "exports": [{"export": export, "kind": KINDS[export.kind]} for export in page.rows],
        "page": page,
        "under_way": any(export.is_under_way for export in page.rows),
        "kinds": KINDS,
        "rules": RULES,
        "pairs": [name for name, _ in pairs_of(Source(study))],
        "categories": sorted(set(study.prompt_set_version.prompts.values_list("category", flat=True))),
    }
    return render(request, "dashboards/exports.html", context)


def ask_for(request: SignedInRequest, study: Study) -> None:
    """What the form says; of its filters those that this kind has."""
    kind, _, format_ = request.POST.get("what", "").partition("/")
    known = KINDS[kind].filters if kind in KINDS else ()
    filters: dict[str, Any] = {
        name: value for name in known if (value := request.POST.get(name)) and name != "counted"
    }
    if "counted" in known and request.POST.get("counted"):
        filters["counted"] = True
    try:
        wake([request_export(study, kind, format_, filters, request.user).pk])
    except ValueError as error:
        messages.error(request, str(error))


@never_cache
@require_GET
@researchers_only
def export_file(request: SignedInRequest, token: str) -> FileResponse:
    """The file itself, for whoever made it and the study's researchers, until it expires."""
    ready = Export.objects.for_user(request.user).filter(status=Export.Status.DONE).select_related("study")
    export = get_object_or_404(ready, token=token)
    try:
        file = export.path.open("rb")
    except FileNotFoundError as error:
        raise Http404("The file is not there any more.") from error
    note_opened(export, request.user)
    return FileResponse(
        file, as_attachment=True, filename=export.filename, content_type=content_type(export.filename)
    )


@require_POST
@researchers_only
def cancel_export(request: SignedInRequest, token: str) -> HttpResponse:
    export = get_object_or_404(Export.objects.for_user(request.user).select_related("study"), token=token)
    if not cancel(export, request.user):
        messages.error(request, gettext("It has ended already."))
    return redirect("dashboards:exports", export.study.slug)
