"""Pages of people: who there is, invitations, and the page on which an invited person joins; one's own account."""

from dataclasses import dataclass

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import BaseUserCreationForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assay.accounts.client_address import client_address
from assay.accounts.inviting import (
    accept,
    change_person,
    invitation_with,
    invite_person,
    send_invitation,
    staff,
    unanswered,
    withdraw,
)
from assay.accounts.models import StaffInvitation, User
from assay.accounts.requests import SignedInRequest
from promptsets.audit import audited
from promptsets.refusals import FieldError
from raters.access import administrators_only

STAFF = [choice for choice in User.Role.choices if choice[0] != User.Role.RATER]


class InviteForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=STAFF)


class JoinForm(BaseUserCreationForm):
    class Meta(BaseUserCreationForm.Meta):
        model = User
        fields = ("username",)


@never_cache
@require_GET
@login_required
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "account/account.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def people(request: SignedInRequest) -> HttpResponse:
    """All who sign in by name; raters who come by a link are known by codes, on their studies' pages."""
    form, link = InviteForm(request.POST or None), None
    if request.method == "POST" and form.is_valid() and (link := invited(request, form)):
        if not link.not_sent:
            told = _("An invitation is on its way to %(email)s.") % {"email": link.email}
            messages.info(request, told)
            return redirect("people")
        form = InviteForm()
    context = {"form": form, "people": staff().order_by("username"), "roles": User.Role.choices, "link": link}
    context["invitations"] = unanswered()
    return render(request, "account/people.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Link:
    """Shown this once, where the mail with it could not be sent, and why."""

    email: str
    address: str
    not_sent: str


def invited(request: SignedInRequest, form: InviteForm) -> Link | None:
    """Asks by mail; None where that cannot be, and the form says why."""
    try:
        made = invite_person(**form.cleaned_data, actor=request.user)
    except FieldError as error:
        form.add_error(error.field, str(error))
        return None
    address = request.build_absolute_uri(reverse("join_staff", args=[made.token]))
    return Link(made.invitation.email, address, send_invitation(made.invitation, address))


@require_POST
@administrators_only
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    try:
        change_person(person, request.POST.get("role", ""), "is_active" in request.POST, request.user)
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("people")


@require_POST
@administrators_only
def uninvite(request: SignedInRequest, pk: int) -> HttpResponse:
    withdraw(get_object_or_404(StaffInvitation, pk=pk), request.user)
    return redirect("people")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Makes the invited person's account and signs them in. A link that is spent is not there."""
    invitation = invitation_with(token)
    if invitation is None or invitation.over:
        return refuse_link(request, invitation)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = accept(invitation, form.save(commit=False))
        if user is None:
            return refuse_link(request, invitation)
        login(request, user)
        return redirect("home")
    context = {"form": form, "invitation": invitation}
    return render(request, "account/join.html", context, status=422 if form.errors else 200)


def refuse_link(request: HttpRequest, invitation: StaffInvitation | None) -> HttpResponse:
    """Raises: Http404, once the audit log knows of it; too many from one address are told so and no longer kept."""
    if limited := ratelimit.consume_or_429(request, action="refused_link", limit_get=True):
        return limited
    if invitation is not None:
        invitation.refresh_from_db()
    why = invitation.over if invitation else "unknown"
    detail = {"why": why, "address": client_address(request)}
    target = invitation or StaffInvitation()
    audited.send(StaffInvitation, actor=None, action="person.join_refused", target=target, detail=detail)
    raise Http404
