"""The pages of prompt sets: which there are, what one holds, one prompt with what was made of it."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.dashboards.prompts.balance import balance_of
from assay.dashboards.prompts.browsing import FilterForm, page_of
from assay.dashboards.prompts.uses import uses_of
from promptsets.exporting import TYPES, WRITERS
from promptsets.models import PromptSet, PromptSetVersion
from promptsets.naming import version_named
from raters.access import researchers_only


@never_cache
@require_GET
@researchers_only
def prompt_sets(request: HttpRequest) -> HttpResponse:
    archived = "archived" in request.GET
    found = PromptSet.objects.filter(archived_at__isnull=not archived).prefetch_related("versions")
    return render(request, "dashboards/prompt_sets.html", {"sets": found, "archived": archived})


@never_cache
@require_GET
@researchers_only
def prompt_set(request: HttpRequest, name: str) -> HttpResponse:
    version = version_or_404(name)
    form = FilterForm(version, request.GET)
    asked = form.asked()
    context = {
        "version": version,
        "form": form,
        "asked": asked,
        "page": page_of(version, asked, request.GET.get("after", "")),
        "balance": balance_of(version),
        "versions": version.prompt_set.versions.all(),
        "suffixes": list(WRITERS),
        "before": version.prompt_set.versions.filter(number__lt=version.number).first(),
        "query": urlencode(asked),
    }
    return render(request, "dashboards/prompt_set.html", context)


@never_cache
@require_GET
@researchers_only
def prompt(request: SignedInRequest, name: str, key: str) -> HttpResponse:
    version = version_or_404(name)
    found = get_object_or_404(version.prompts, key=key)
    looks_like = version.prompts.filter(key=found.contrast).first()
    context = {"version": version, "prompt": found, "looks_like": looks_like, **uses_of(found, request.user)}
    return render(request, "dashboards/prompt.html", context)


@never_cache
@require_GET
@researchers_only
def prompt_set_file(request: HttpRequest, name: str, suffix: str) -> StreamingHttpResponse:
    version = version_or_404(name)
    if suffix not in WRITERS:
        raise Http404(f"A set goes out as {', '.join(WRITERS)}.")
    headers = {
        "Content-Disposition": f'attachment; filename="{version.prompt_set.slug}-{version.number}.{suffix}"'
    }
    return StreamingHttpResponse(WRITERS[suffix](version), content_type=TYPES[suffix], headers=headers)


def version_or_404(name: str) -> PromptSetVersion:
    try:
        return version_named(name)
    except ValueError as error:
        raise Http404(str(error)) from error
