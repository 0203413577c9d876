"""The pages on which a checkpoint is registered: read and shown first, then registered.

A folder's weights can be read by a worker alone, so what it found is shown on a page of its own as soon as it has.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.models import User
from assay.accounts.requests import SignedInRequest
from generation.asked import ask, go_on
from generation.facts import facts_of
from generation.models import Checkpoint, Registration
from generation.registering import Registered
from generation.registering_endpoints import register_endpoint
from generation.series import DTYPES
from generation.wanted import Wanted
from promptsets.refusals import FieldError
from promptsets.trying import tried
from raters.access import researchers_only


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

    def wanted(self) -> Wanted:
        """Raises: FieldError for what is the other kind's."""
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if value not in ("", None)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def new_checkpoint(request: SignedInRequest) -> HttpResponse:
    """Nothing is registered before somebody says so under what it would be registered as."""
    form = CheckpointForm(request.POST or None)
    look: Registered | None = None
    if request.method == "POST" and form.is_valid():
        try:
            wanted = form.wanted()
            if not wanted.is_endpoint:
                return redirect("dashboards:registration", looked_for(wanted, request.user).pk)
            if "save" in request.POST:
                messages.info(request, register(wanted, request.user).told(wanted.licence))
                return redirect("dashboards:checkpoints")
            look = tried(lambda: register(wanted, request.user))
        except ValueError as error:
            field = error.field if isinstance(error, FieldError) and error.field in form.fields else None
            form.add_error(field, str(error))
    facts = facts_of(look.checkpoint) if look else {}
    context = {"form": form, "look": look, "facts": facts}
    return render(request, "dashboards/new_checkpoint.html", context, status=422 if form.errors else 200)


def register(wanted: Wanted, actor: User) -> Registered:
    return register_endpoint(wanted.name, wanted.endpoint(), **wanted.told, actor=actor)


def looked_for(wanted: Wanted, actor: User) -> Registration:
    how: dict[str, Any] = {"dtype": wanted.dtype_or_usual, "only_look": True, "actor": actor}
    return ask(wanted.name, wanted.uri, **wanted.told, **how)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def registration(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a worker found in a folder, or why it was refused; a POST has it registered."""
    found = get_object_or_404(Registration.objects.select_related("checkpoint"), pk=pk)
    if request.method == "POST":
        try:
            go_on(found, request.user)
        except ValueError as error:
            messages.error(request, str(error))
        return redirect("dashboards:registration", pk)
    seen = found.seen
    facts = facts_of(seen) if seen else {}
    same = Checkpoint.objects.filter(digest=seen.digest).first() if seen else None
    context = {"registration": found, "facts": facts, "same": same}
    return render(request, "dashboards/registration.html", context)
