"""The page on which a study is taken further: duplicated, given a new version, kept as a template."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from promptsets.refusals import FieldError
from raters.access import researchers_only
from raters.models import Study
from raters.studies.copying import duplicate, keep_as_template, new_version, next_slug

WAYS = {
    "duplicate": gettext_lazy("a study of its own, with the same arms and settings"),
    "version": gettext_lazy("a new version of its design, which is changed before it is locked"),
    "template": gettext_lazy("a template: its rubric and settings, for other arms"),
}
MAKERS: dict[str, Callable[..., Any]] = {
    "duplicate": duplicate,
    "version": new_version,
    "template": keep_as_template,
}


class CopyForm(forms.Form):
    way = forms.ChoiceField(label=gettext_lazy("Make of it"), choices=list(WAYS.items()), initial="duplicate")
    name = forms.CharField(label=gettext_lazy("Its name"), max_length=100)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("way") != "template" and "name" in values:
            try:
                validate_slug(values["name"])
            except ValidationError:
                told = _("A study's name stands in addresses: letters, digits, hyphens and underscores.")
                self.add_error("name", told)
        return values


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def copy(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_editor(request.user).select_related("rubric"), slug=slug)
    form = CopyForm(request.POST or None, initial={"name": next_slug(study)})
    if request.method == "POST" and form.is_valid():
        try:
            made = MAKERS[form.cleaned_data["way"]](study, form.cleaned_data["name"], request.user)
        except ValueError as error:
            form.add_error("name" if isinstance(error, FieldError) else "way", str(error))
        else:
            if isinstance(made, Study):
                return redirect("dashboards:study", made.slug)
            messages.info(request, _("Kept as the template %(name)s.") % {"name": made})
            return redirect("dashboards:new_study")
    context = {"study": study, "form": form}
    return render(request, "dashboards/copy_study.html", context, status=422 if form.errors else 200)
