"""The page on which a researcher changes the settings of a draft: each step of the way in, care, rules."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from raters.access import researchers_only
from raters.models import Study
from raters.studies.drafting import SETTINGS
from raters.studies.languages import LANGUAGES, TEXTS


class SettingsForm(forms.ModelForm):
    """The fields of a draft, and each text that raters read once more for every further language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language in self.further():
            for name in TEXTS:
                self.fields[f"{name}_{code}"] = self.text_field(name, code, language)

    def text_field(self, name: str, code: str, language: str) -> forms.CharField:
        is_line = name == "rater_title"
        attrs = {"lang": code} if is_line else {"lang": code, "rows": 6}
        return forms.CharField(
            label=f"{name.replace('_', ' ').capitalize()} ({language})",
            required=False,
            max_length=200 if is_line else None,
            initial=self.instance.texts.get(code, {}).get(name, ""),
            widget=(forms.TextInput if is_line else forms.Textarea)(attrs=attrs),
            help_text="Empty: as written in the study's own language",
        )

    def further(self) -> list[tuple[str, str]]:
        return [(code, language) for code, language in LANGUAGES if code != self.instance.language]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        kept = {name: values.get(name, "") for name in self.fields}
        self.instance.texts = {
            code: {name: kept[f"{name}_{code}"] for name in TEXTS if kept.get(f"{name}_{code}")}
            for code, _language in LANGUAGES
            if f"guide_{code}" in self.fields
        }
        return values

    class Meta:
        model = Study
        fields = [name for name in SETTINGS if name != "texts"]  # which stand in fields of their own
        widgets = {name: forms.Textarea(attrs={"rows": 6}) for name in ("consent", "content_note")}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
@transaction.atomic
def study_settings(request: SignedInRequest, slug: str) -> HttpResponse:
    """A locked design is not edited, so only a draft has this page."""
    drafts = Study.objects.for_editor(request.user).filter(status=Study.Status.DRAFT)
    study = get_object_or_404(
        drafts.select_for_update(of=("self",)) if request.method == "POST" else drafts, slug=slug
    )
    form = SettingsForm(request.POST or None, instance=study)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("dashboards:study", slug)
    context = {"study": study, "form": form}
    return render(request, "dashboards/study_settings.html", context, status=422 if form.errors else 200)
