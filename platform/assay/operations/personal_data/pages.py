"""The page on which an administrator forgets a rater: who it is, what would go, and only then the act itself."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.operations.personal_data.forgetting import Forgotten, forget, would_forget
from raters.access import administrators_only


class WhoForm(forms.Form):
    who = forms.CharField(
        label=gettext_lazy("The rater's code, e-mail address or ID of the recruiting site"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def forget_rater(request: SignedInRequest) -> HttpResponse:
    """Who it is never stands in the address, which proxies and browsers keep."""
    form = WhoForm(request.POST or None)
    found: list[Forgotten] = []
    if request.method == "POST" and form.is_valid():
        sure = request.POST.get("sure") == "1"
        try:
            who = form.cleaned_data["who"]
            found = forget(who, request.user) if sure else would_forget(who)
        except ValueError as error:
            form.add_error("who", str(error))
        if found and sure:
            told = ngettext("%(n)s rater was forgotten.", "%(n)s raters were forgotten.", len(found))
            messages.info(request, told % {"n": len(found)} + " " + _("What they judged stays."))
            return redirect("people")
    context = {"form": form, "found": found}
    return render(request, "operations/forget_rater.html", context, status=422 if form.errors else 200)
