"""The page on which a researcher makes the links that let raters into a study."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from raters.access import researchers_only
from raters.models import Study
from raters.way_in.inviting import invite
from raters.way_in.steps import asked


class InvitationForm(forms.Form):
    label = forms.CharField(label=_("What you call it"), max_length=200, required=False)
    uses = forms.IntegerField(label=_("For how many raters"), min_value=1, max_value=100_000, initial=1)
    days = forms.IntegerField(label=_("Good for so many days"), min_value=1, max_value=365, initial=14)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def invitations(request: SignedInRequest, slug: str) -> HttpResponse:
    """The links of a study, by their labels; a new one is shown once, since only its digest is kept."""
    study = get_object_or_404(Study.objects.for_editor(request.user).select_related("rubric"), slug=slug)
    form, link = InvitationForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        link = request.build_absolute_uri(reverse("raters:join", args=[invite(study, **form.cleaned_data)]))
        form = InvitationForm()
    context = {"study": study, "form": form, "link": link, "steps": list(asked(study))}
    context["invitations"] = study.invitations.order_by("-pk")
    return render(request, "dashboards/invitations.html", context, status=422 if form.errors else 200)
