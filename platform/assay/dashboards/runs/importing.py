"""The page on which responses from elsewhere are brought in: the file is read and shown first, then saved."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.dashboards.prompts.forms import KeptFileForm
from generation.formats import FORMATS
from generation.importing import ImportedResponses, import_source
from promptsets.formats.problems import PromptFileError
from promptsets.formats.source import source_of
from promptsets.models import PromptFile, PromptSetVersion
from promptsets.trying import tried
from raters.access import researchers_only

MOST_LISTED = 20


class ResponsesForm(KeptFileForm):
    """A file, whose responses they are, and what they answer."""

    prompt_set = forms.ModelChoiceField(PromptSetVersion.objects.none(), label=gettext_lazy("Prompt set"))
    checkpoint = forms.CharField(label=gettext_lazy("Checkpoint that wrote them"), max_length=128)
    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prompt_set"].queryset = PromptSetVersion.objects.offered()  # type: ignore[attr-defined]
        recognise = ("", gettext_lazy("recognise it"))
        self.fields["format"].choices = [recognise, *((name, name) for name in FORMATS)]  # type: ignore[attr-defined]
        self.fields["file"].label = gettext_lazy("File of responses")


@dataclass(frozen=True)
class Look:
    """What saving the file would do, tried and taken back."""

    file: PromptFile
    result: ImportedResponses

    @property
    def not_joined(self) -> list[Any]:
        return self.result.not_joined[:MOST_LISTED]

    @property
    def missing(self) -> list[str]:
        return self.result.missing[:MOST_LISTED]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def import_responses(request: SignedInRequest) -> HttpResponse:
    form = ResponsesForm(request.POST or None, request.FILES or None, initial=request.GET.dict())
    look: Look | None = None
    if request.method == "POST" and form.is_valid():
        file = form.kept(request)
        try:
            if "save" in request.POST:
                return saved(request, form, file)
            look = looked_at(request, form, file)
        except (PromptFileError, ValueError) as error:
            form.add_error(None, str(error))
    context = {"form": form, "look": look, "prompt_sets": PromptSetVersion.objects.offered().exists()}
    return render(request, "dashboards/import_responses.html", context, status=422 if form.errors else 200)


def read(request: SignedInRequest, form: ResponsesForm, file: PromptFile) -> ImportedResponses:
    values = form.cleaned_data
    source = source_of(file.name, bytes(file.content))
    wanted = (values["prompt_set"], values["checkpoint"])
    return import_source(source, *wanted, format=values["format"] or None, actor=request.user)


def looked_at(request: SignedInRequest, form: ResponsesForm, file: PromptFile) -> Look:
    """The very import, taken back: what is shown is what saving does."""
    return Look(file, tried(lambda: read(request, form, file)))


def saved(request: SignedInRequest, form: ResponsesForm, file: PromptFile) -> HttpResponse:
    result = read(request, form, file)
    file.delete()
    messages.info(request, result.told)
    return redirect("dashboards:run", result.run.pk)
