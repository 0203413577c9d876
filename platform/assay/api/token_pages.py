"""The page on which somebody makes tokens of their own, sees when they were used, and revokes them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assay.accounts.models import User
from assay.accounts.requests import SignedInRequest
from assay.api.models import ApiToken
from assay.api.scopes import READ, SCOPES
from assay.api.tokens import MOST_DAYS, NewToken, make_token, revoke
from promptsets.refusals import FieldError
from raters.access import researchers_only


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What you call it"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=[(scope, told) for scope, told in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=[READ],
    )
    days = forms.IntegerField(
        label=gettext_lazy("Good for so many days"), min_value=1, max_value=MOST_DAYS, initial=90
    )

    def save(self, user: User) -> NewToken | None:
        try:
            return make_token(user, **self.cleaned_data, actor=user)
        except FieldError as error:
            self.add_error(error.field if error.field in self.fields else None, str(error))
            return None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def tokens(request: SignedInRequest) -> HttpResponse:
    """A new token is shown once, since only its digest is kept."""
    form, made = TokenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid() and (made := form.save(request.user)):
        form = TokenForm()
    context: dict[str, Any] = {"form": form, "made": made, "tokens": request.user.api_tokens.all()}
    return render(request, "api/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@researchers_only
def revoke_token(request: SignedInRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    if revoke(token, request.user):
        messages.info(request, _("%(token)s opens nothing any more.") % {"token": token.name})
    return redirect("api_tokens")
