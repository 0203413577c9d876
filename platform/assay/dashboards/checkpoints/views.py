"""The pages of checkpoints: which there are, what was asked to be registered, and the form that registers another."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from assay.accounts.models import User
from assay.accounts.requests import SignedInRequest
from generation.asked import ask
from generation.models import Checkpoint, Registration
from generation.registering_endpoints import register_endpoint
from generation.series import DTYPES
from generation.wanted import Wanted
from promptsets.refusals import FieldError
from raters.access import researchers_only

NEWEST = 20


class CheckpointForm(forms.Form):
    """A folder of weights, or an endpoint; what is left empty is not asked for."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=128)
    uri = forms.CharField(
        label=gettext_lazy("Folder or address"),
        max_length=1000,
        help_text=gettext_lazy(
            "A folder of weights, gs://, s3:// or hf://, or an endpoint such as https://host/v1."
        ),
    )
    series = forms.SlugField(label=gettext_lazy("Series"), required=False, max_length=50)
    step = forms.IntegerField(label=gettext_lazy("Step in the series"), required=False, min_value=0)
    licence = forms.CharField(
        label=gettext_lazy("Licence of the weights"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Such as Apache-2.0. Empty: what a folder's README.md says."),
    )
    dtype = forms.ChoiceField(
        label=gettext_lazy("Computes in (folders)"),
        choices=[("", "–"), *((name, name) for name in DTYPES)],
        required=False,
    )
    model = forms.CharField(
        label=gettext_lazy("Model's name at the server (endpoints)"), required=False, max_length=200
    )
    key_env = forms.CharField(
        label=gettext_lazy("Variable that holds its key (endpoints)"), required=False, max_length=100
    )
    concurrency = forms.IntegerField(
        label=gettext_lazy("Requests at a time (endpoints)"), required=False, min_value=1
    )
    raw = forms.BooleanField(label=gettext_lazy("Send bare text to /completions (endpoints)"), required=False)
    stop = forms.CharField(
        label=gettext_lazy("Texts that end a reply (endpoints)"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One a line; \\n stands for a new line."),
    )

    def clean_raw(self) -> bool | None:
        return self.cleaned_data["raw"] or None

    def clean_stop(self) -> list[str] | None:
        lines = self.cleaned_data["stop"].splitlines()
        return [line.replace("\\n", "\n") for line in lines if line] or None

    def register(self, actor: User) -> str:
        """What came of it: an endpoint's checkpoint at once, a folder's as soon as a worker has read it.

        Raises: ValueError.
        """
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        wanted = Wanted(**given)
        if not wanted.is_endpoint:
            ask(wanted.name, wanted.uri, dtype=wanted.dtype_or_usual, **wanted.told, actor=actor)
            return _("A worker reads %(name)s now.") % {"name": wanted.name}
        made = register_endpoint(wanted.name, wanted.endpoint(), **wanted.told, actor=actor)
        return (
            _("%(name)s is registered.") % {"name": wanted.name}
            if made.is_new
            else made.already(wanted.licence)
        )


@never_cache
@require_GET
@researchers_only
def checkpoints(request: HttpRequest) -> HttpResponse:
    archived = "archived" in request.GET
    rows = Checkpoint.objects.filter(archived_at__isnull=not archived).select_related("series")
    context: dict[str, Any] = {"rows": rows.annotate(n=Count("runs")), "archived": archived}
    asked = Registration.objects.exclude(status=Registration.Status.DONE)
    context["asked"] = asked[:NEWEST]
    return render(request, "dashboards/checkpoints.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def new_checkpoint(request: SignedInRequest) -> HttpResponse:
    form = CheckpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            told = form.register(request.user)
        except ValueError as error:
            field = error.field if isinstance(error, FieldError) and error.field in form.fields else None
            form.add_error(field, str(error))
        else:
            messages.info(request, told)
            return redirect("dashboards:checkpoints")
    return render(
        request, "dashboards/new_checkpoint.html", {"form": form}, status=422 if form.errors else 200
    )
