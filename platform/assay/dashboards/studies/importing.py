"""The page on which a study that was judged elsewhere is brought in: its file is read and shown first, then saved."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.dashboards.prompts.forms import KeptFileForm
from promptsets.formats.problems import PromptFileError
from promptsets.models import PromptFile
from promptsets.refusals import FieldError
from promptsets.trying import tried
from promptsets.versions import LONGEST_SLUG
from raters.access import researchers_only
from raters.importing.comparator import LONGEST_NAME
from raters.importing.judged_file import Choices, JudgedFile, rows_named
from raters.importing.making import ImportedStudy, import_study
from raters.importing.reading import FORMATS, judged_of, slug_for


class StudyFileForm(KeptFileForm):
    """A file of judged pairs, and what the study is called."""

    slug = forms.SlugField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_SLUG,
        required=False,
        help_text=gettext_lazy("Of the study and of its prompt set. Empty: made of the file's name."),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, required=False)
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=[(name, name) for name in FORMATS])
    baseline = forms.CharField(
        label=gettext_lazy("Baseline"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=gettext_lazy(
            "Of a sheet: the model that others are compared with. Empty: the one that stands in every pair."
        ),
    )
    leave_out = forms.CharField(
        label=gettext_lazy("Rows to leave out"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy(
            "Of a sheet: the rows' numbers, such as 580, 639. The study tells which they were."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = gettext_lazy("File of judged pairs")
        self.fields["file"].help_text = gettext_lazy(
            "The JSON that LLM Comparator opens, or a sheet of judgments as XLSX or CSV."
        )


@dataclass(frozen=True)
class Look:
    """What the file holds and what saving it would make, tried and taken back."""

    file: PromptFile
    judged: JudgedFile
    made: ImportedStudy


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def import_judged(request: SignedInRequest) -> HttpResponse:
    form = StudyFileForm(request.POST or None, request.FILES or None)
    look: Look | None = None
    if request.method == "POST" and form.is_valid():
        file = form.kept(request)
        try:
            if "save" in request.POST:
                return saved(request, form, file)
            judged = read(form, file)
            look = Look(file, judged, tried(lambda: made_of(request, form, judged)))
        except FieldError as error:
            form.add_error(error.field, str(error))
        except (PromptFileError, ValueError) as error:
            form.add_error(None, str(error))
    context = {"form": form, "look": look}
    return render(request, "dashboards/import_study.html", context, status=422 if form.errors else 200)


def read(form: StudyFileForm, file: PromptFile) -> JudgedFile:
    values = form.cleaned_data
    choices = Choices(values["baseline"], rows_named(values["leave_out"]))
    return judged_of(file.name, bytes(file.content), values["format"], choices)


def made_of(request: SignedInRequest, form: StudyFileForm, judged: JudgedFile) -> ImportedStudy:
    values = form.cleaned_data
    return import_study(judged, values["slug"] or slug_for(judged.source.name), values["title"], request.user)


def saved(request: SignedInRequest, form: StudyFileForm, file: PromptFile) -> HttpResponse:
    made = made_of(request, form, read(form, file))
    file.delete()
    told = _("%(study)s was imported.") if made.is_new else _("%(study)s holds this file already.")
    messages.info(request, told % {"study": made.study.title})
    return redirect("dashboards:study", made.study.slug)
