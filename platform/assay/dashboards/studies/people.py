"""The page on which owners share a study and unblind it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assay.accounts.models import User
from assay.accounts.requests import SignedInRequest
from raters.access import researchers_only
from raters.models import Study, StudyMember
from raters.studies.roles import Role
from raters.studies.sharing import share, unshare
from raters.studies.unblinding import sees_arms, unblind


class ShareForm(forms.Form):
    user = forms.CharField(label=_("User name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def clean_user(self) -> User:
        found = User.objects.filter(username=self.cleaned_data["user"]).first()
        if found is None:
            raise forms.ValidationError(_("There is nobody of that name."))
        return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def study_people(request: SignedInRequest, slug: str) -> HttpResponse:
    """Whoever sees the study sees who works on it; owners change that."""
    study = get_object_or_404(Study.objects.for_user(request.user), slug=slug)
    owns = Study.objects.for_owner(request.user).filter(pk=study.pk).exists()
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        mine = get_object_or_404(Study.objects.for_owner(request.user), slug=slug)
        try:
            share(mine, form.cleaned_data["user"], form.cleaned_data["role"], request.user)
            return redirect("dashboards:study_people", slug)
        except ValueError as error:
            form.add_error(None, str(error))
    context = {"study": study, "form": form, "owns": owns, "sees_arms": sees_arms(study, request.user)}
    context["members"] = study.members.select_related("user")
    return render(request, "dashboards/study_people.html", context, status=422 if form.errors else 200)


@require_POST
@researchers_only
def stop_sharing(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_owner(request.user), slug=slug)
    member = get_object_or_404(StudyMember, study=study, pk=pk)
    try:
        unshare(study, member.user, request.user)
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("dashboards:study_people", slug)


@require_POST
@researchers_only
def unblind_study(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_owner(request.user), slug=slug)
    try:
        unblind(study, request.POST.get("reason", ""), request.user)
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("dashboards:study_people", slug)
