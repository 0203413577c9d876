"""The page on which a researcher makes the links that let raters into a study: one, or one for each line of a table."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.dashboards.studies.mailing import MOST, Link, send_all
from raters.access import researchers_only
from raters.models import Study
from raters.way_in.inviting import invite
from raters.way_in.inviting_many import TableError, invite_many, read_table
from raters.way_in.steps import asked

LARGEST = 1_000_000
MANY = "many_%s"  # two forms of one page have ids of their own


class InvitationForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("What you call it"), max_length=200, required=False)
    uses = forms.IntegerField(
        label=gettext_lazy("For how many raters"), min_value=1, max_value=100_000, initial=1
    )
    days = forms.IntegerField(
        label=gettext_lazy("Good for so many days"), min_value=1, max_value=365, initial=14
    )


class TableForm(forms.Form):
    """A CSV file or its text; checked whole before a single link is made."""

    file = forms.FileField(label=gettext_lazy("CSV file"), required=False)
    table = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "email,label"}),
        help_text=gettext_lazy("Columns: email and, if wanted, label. Addresses are used once and not kept."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Good for so many days"), min_value=1, max_value=365, initial=14
    )
    send = forms.BooleanField(label=gettext_lazy("Send each link by e-mail"), required=False)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        file = values.get("file")
        if file and file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 1 MB."))
        try:
            values["rows"] = read_table(file.read().decode() if file else values.get("table", ""))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is no text in UTF-8.")) from None
        except TableError as error:
            raise forms.ValidationError(str(error).split("\n")) from error
        if values.get("send") and (n := len(values["rows"])) > MOST:
            told = _(
                "%(n)s lines: at most %(most)s are sent by e-mail at a time. Give the table in parts, or "
                "send the links yourself."
            )
            raise forms.ValidationError(told % {"n": n, "most": MOST})
        return values


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def invitations(request: SignedInRequest, slug: str) -> HttpResponse:
    """The links of a study, by their labels; a new one is shown once, since only its digest is kept."""
    study = get_object_or_404(Study.objects.for_editor(request.user).select_related("rubric"), slug=slug)
    many = "many" in request.POST
    form = InvitationForm(None if many else request.POST or None)
    table = TableForm(request.POST if many else None, request.FILES or None, auto_id=MANY)
    context: dict[str, Any] = {"study": study, "steps": list(asked(study))}
    if request.method == "POST" and not many and form.is_valid():
        context["link"] = address_of(request, invite(study, **form.cleaned_data, actor=request.user))
        form = InvitationForm()
    if many and table.is_valid():
        context["links"] = made_from(request, study, table.cleaned_data)
        context["not_sent"] = sum(bool(link.not_sent) for link in context["links"])
        context["sent"] = table.cleaned_data["send"]
        table = TableForm(auto_id=MANY)
    context |= {"form": form, "table": table, "invitations": study.invitations.order_by("-pk")}
    wrong = form.errors or table.errors
    return render(request, "dashboards/invitations.html", context, status=422 if wrong else 200)


def address_of(request: SignedInRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("raters:join", args=[token]))


def made_from(request: SignedInRequest, study: Study, values: dict[str, Any]) -> list[Link]:
    """Each line's link, sent where that was asked for."""
    invited = invite_many(study, values["rows"], values["days"], request.user)
    made = [Link(one.email, one.label, address_of(request, one.token)) for one in invited]
    return list(send_all(study, made)) if values["send"] else made
