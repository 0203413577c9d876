"""The page on which a file of automatic results is brought onto a checkpoint: read and shown first, then saved."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.dashboards.prompts.forms import KeptFileForm
from generation.harness.importing import ImportedResults, import_results
from generation.models import Checkpoint
from promptsets.formats.problems import PromptFileError
from promptsets.models import PromptFile
from promptsets.trying import tried
from raters.access import researchers_only


class ResultsForm(KeptFileForm):
    """A file of results; one that was looked at need not be sent again."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = gettext_lazy("File of results")
        self.fields["file"].help_text = gettext_lazy("results_*.json of lm-evaluation-harness 0.4.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def results(request: SignedInRequest, pk: int) -> HttpResponse:
    checkpoint = get_object_or_404(Checkpoint, pk=pk)
    form = ResultsForm(request.POST, request.FILES) if request.method == "POST" else ResultsForm()
    look: ImportedResults | None = None
    file: PromptFile | None = None
    if request.method == "POST" and form.is_valid():
        file = form.kept(request)
        try:
            if "save" in request.POST:
                return saved(request, checkpoint, file)
            look = looked_at(request, checkpoint, file)
        except (PromptFileError, ValueError) as error:
            file.delete()
            form.add_error(None, str(error))
    context = {"checkpoint": checkpoint, "form": form, "look": look, "file": file}
    return render(request, "dashboards/import_results.html", context, status=422 if form.errors else 200)


def looked_at(request: SignedInRequest, checkpoint: Checkpoint, file: PromptFile) -> ImportedResults:
    """The very import, taken back: what is shown is what saving does."""
    return tried(lambda: import_results(file.name, bytes(file.content), checkpoint, actor=request.user))


def saved(request: SignedInRequest, checkpoint: Checkpoint, file: PromptFile) -> HttpResponse:
    done = import_results(file.name, bytes(file.content), checkpoint, actor=request.user)
    file.delete()
    messages.info(request, done.told)
    return redirect("dashboards:checkpoint", checkpoint.pk)
