"""Pages that add to prompt sets: a file sent and looked at, a subset, a correction, what changed between versions."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.dashboards.prompts.browsing import FilterForm
from assay.dashboards.prompts.forms import CorrectionForm, FileForm, ReadingForm, SubsetForm
from assay.dashboards.prompts.views import version_or_404
from promptsets.comparing import compare
from promptsets.corrections import correct
from promptsets.fitting import fitting
from promptsets.formats import format_of
from promptsets.formats.columns import NAME as COLUMNS
from promptsets.formats.columns import Columns, MappingError, proposed
from promptsets.formats.problems import BadRow, PromptFileError
from promptsets.formats.source import Source, source_of
from promptsets.importing import ImportPlan, plan_source
from promptsets.mappings import columns_in, remembered
from promptsets.models import PromptFile
from promptsets.subsets import subset
from promptsets.versions import VersionError
from raters.access import researchers_only


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def add_prompts(request: SignedInRequest) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        kept = PromptFile.objects.create(owner=request.user, name=sent.name[:255], content=sent.read())
        return redirect("dashboards:prompt_file", kept.token)
    return render(request, "dashboards/add_prompts.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def prompt_file(request: SignedInRequest, token: str) -> HttpResponse:
    """A file that was sent, read as the form asks: what it would become, or what is wrong. POST saves or drops it."""
    file = get_object_or_404(PromptFile, token=token, owner=request.user)
    if "drop" in request.POST:
        file.delete()
        return redirect("dashboards:add_prompts")
    form, plan, problem = read(file, request.POST or request.GET)
    if request.method == "POST" and plan:
        try:
            result = plan.save(request.user)
        except PromptFileError as error:
            problem = str(error)
        else:
            file.delete()
            messages.info(request, result.headline())
            return redirect("dashboards:prompt_set", str(result.version))
    context = {"file": file, "form": form, "plan": plan, "problem": problem, "columns": COLUMNS}
    status = 400 if request.method == "POST" else 200
    return render(request, "dashboards/prompt_file.html", context, status=status)


def read(file: PromptFile, data: Any) -> tuple[ReadingForm | None, ImportPlan | None, str]:
    """The form, and the plan that it makes of the file or why there is none."""
    try:
        source = source_of(file.name, bytes(file.content))
        columns = columns_in(source)
    except PromptFileError as error:
        return None, None, str(error)
    form = ReadingForm(columns, data or first_reading(source, columns))
    if not form.is_valid():
        return form, None, ""
    try:
        return form, plan_source(source, **form.asked()), ""
    except (PromptFileError, MappingError) as error:
        return form, None, str(error)


def first_reading(source: Source, columns: list[str]) -> dict[str, str]:
    """How a file is read before anybody has said it: recognised, or by the mapping remembered or proposed."""
    if known := remembered(source):
        return mapping(known)
    try:
        format_of(source)
    except PromptFileError:
        if guessed := proposed(columns):
            return mapping(Columns(guessed))
    return {"format": ""}


def mapping(columns: Columns) -> dict[str, str]:
    chosen = {f"column_{name}": column for name, column in columns.of.items()}
    return {"format": COLUMNS, "kind": columns.kind, **chosen}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def make_subset(request: SignedInRequest, name: str) -> HttpResponse:
    version = version_or_404(name)
    filters = FilterForm(version, request.GET).asked()
    form = SubsetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, is_new = subset(version, form.cleaned_data["slug"], filters, form.sample(), request.user)
        except VersionError as error:
            form.add_error(None, str(error))
        else:
            told = "" if is_new else " was there already"
            messages.info(request, f"{made}: {made.prompts.count()} prompts{told}.")
            return redirect("dashboards:prompt_set", str(made))
    fit = fitting(version.prompts.all(), filters).count()
    context = {"version": version, "filters": filters, "query": urlencode(filters), "form": form, "fit": fit}
    return render(request, "dashboards/subset.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def correct_prompt(request: SignedInRequest, name: str, key: str) -> HttpResponse:
    version = version_or_404(name)
    prompt = get_object_or_404(version.prompts, key=key)
    form = CorrectionForm(prompt, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = correct(prompt, form.proposed(), form.cleaned_data["reason"], request.user)
        except (VersionError, BadRow) as error:
            form.add_error(None, str(error))
        else:
            messages.info(request, f"{made} ({made.semver}) holds the corrected prompt.")
            return redirect("dashboards:prompt", str(made), key)
    context = {"version": version, "prompt": prompt, "form": form, "newest": version.prompt_set.latest()}
    return render(request, "dashboards/correction.html", context, status=400 if form.errors else 200)


@never_cache
@require_GET
@researchers_only
def prompt_changes(request: SignedInRequest, before: str, after: str) -> HttpResponse:
    old, new = version_or_404(before), version_or_404(after)
    context = {"before": old, "after": new, "found": compare(old, new)}
    return render(request, "dashboards/prompt_changes.html", context)
