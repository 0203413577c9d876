"""The page on which a researcher changes the settings of a draft: each step of the way in, care, rules."""

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from raters.access import researchers_only
from raters.drafting import SETTINGS
from raters.models import Study


class SettingsForm(forms.ModelForm):
    class Meta:
        model = Study
        fields = SETTINGS
        widgets = {name: forms.Textarea(attrs={"rows": 6}) for name in ("consent", "content_note")}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
@transaction.atomic
def study_settings(request: SignedInRequest, slug: str) -> HttpResponse:
    """A locked design is not edited, so only a draft has this page."""
    drafts = Study.objects.for_editor(request.user).filter(status=Study.Status.DRAFT)
    study = get_object_or_404(drafts.select_for_update() if request.method == "POST" else drafts, slug=slug)
    form = SettingsForm(request.POST or None, instance=study)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("dashboards:study", slug)
    context = {"study": study, "form": form}
    return render(request, "dashboards/study_settings.html", context, status=422 if form.errors else 200)
