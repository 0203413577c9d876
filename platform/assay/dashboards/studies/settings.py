"""The page on which a researcher changes the settings of a draft: each step of the way in, care, rules."""

from typing import Any

from django import forms
from django.db import transaction
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.models import User
from assay.accounts.requests import SignedInRequest
from assay.dashboards.studies.rule_fields import (
    ExclusionRulesField,
    QuestionsField,
    RolesField,
    StopRuleField,
)
from promptsets.refusals import FieldError
from raters.access import researchers_only
from raters.models import Study
from raters.studies.drafting import SETTINGS, change_settings
from raters.studies.languages import LANGUAGES, TEXTS


class SettingsForm(forms.ModelForm):
    """The fields of a draft, and each text that raters read once more for every further language."""

    exclusion_rules = ExclusionRulesField()
    stop_rule = StopRuleField()
    about_raters = QuestionsField()
    arms_known_to = RolesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Once and for all: a form that is sent with another language is shown again with the fields that it had.
        self.further = [row for row in LANGUAGES if row[0] != self.instance.language]
        for code, language in self.further:
            for name in TEXTS:
                self.fields[f"{name}_{code}"] = self.text_field(name, code, language)
        for field in self.fields.values():
            field.show_hidden_initial = True  # what this page showed, so that it changes nothing else

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

    def own(self) -> list[BoundField]:
        """The settings, and the texts as they are written first."""
        return [self[name] for name in self.fields if name in self.Meta.fields]

    def by_language(self) -> list[tuple[str, list[BoundField]]]:
        """Each further language with the fields of its texts."""
        return [(name, [self[f"{text}_{code}"] for text in TEXTS]) for code, name in self.further]

    def changed(self) -> dict[str, Any]:
        """The settings that are not as this page showed them, with the texts of all languages as one."""
        values = {name: self.cleaned_data[name] for name in self.changed_data if name in self.Meta.fields}
        written = {code: dict(texts) for code, texts in self.instance.texts.items()}
        further = [(code, name) for code, _ in self.further for name in TEXTS]
        changed = [(code, name) for code, name in further if f"{name}_{code}" in self.changed_data]
        for code, name in changed:
            written.setdefault(code, {})[name] = self.cleaned_data[f"{name}_{code}"]
        kept = {code: {name: text for name, text in texts.items() if text} for code, texts in written.items()}
        return values | ({"texts": {code: texts for code, texts in kept.items() if texts}} if changed else {})

    def save_changed(self, actor: User) -> bool:
        """Whether it went; else the form says beside which setting it did not."""
        try:
            if values := self.changed():
                change_settings(self.instance, values, actor)
        except FieldError as error:
            self.add_error(error.field if error.field in self.fields else None, str(error))
        return not self.errors

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
    if request.method == "POST" and form.is_valid() and form.save_changed(request.user):
        return redirect("dashboards:study", slug)
    context = {"study": study, "form": form}
    return render(request, "dashboards/study_settings.html", context, status=422 if form.errors else 200)
