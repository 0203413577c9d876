"""The way into an empty site: a link, good once and for a day, that makes its first administrator."""

from django.contrib.auth import login
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from assay.accounts.models import User
from promptsets.audit import audited

SALT, LINK_LASTS_S = "assay.first-administrator", 24 * 60 * 60


def wanted() -> bool:
    return not User.objects.filter(is_superuser=True).exists()


def link(origin: str) -> str:
    """The link to print, for a site served at that origin, such as http://127.0.0.1:8000."""
    return origin + reverse("first_administrator", args=[signing.dumps("first administrator", salt=SALT)])


class FirstAdministratorForm(BaseUserCreationForm):
    class Meta(BaseUserCreationForm.Meta):
        model = User
        fields = ("username", "email")


@never_cache
def first_administrator(request: HttpRequest, token: str) -> HttpResponse:
    """Makes the administrator and signs them in. The link is spent as soon as the site has one."""
    if not wanted() or not is_ours(token):
        raise Http404
    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, create(form))
        return redirect("home")
    return render(
        request, "account/first_administrator.html", {"form": form}, status=422 if form.errors else 200
    )


def is_ours(token: str) -> bool:
    try:
        signing.loads(token, salt=SALT, max_age=LINK_LASTS_S)
    except signing.BadSignature:
        return False
    return True


@transaction.atomic
def create(form: FirstAdministratorForm) -> User:
    # Two people may hold the link. Where there is no administrator, there is no row of theirs to lock: all who get
    # here lock one that always exists, and the second finds that the link is spent.
    ContentType.objects.select_for_update().get(app_label="accounts", model="user")
    if not wanted():
        raise Http404
    user = form.save(commit=False)
    user.role, user.is_staff, user.is_superuser = User.Role.ADMINISTRATOR, True, True
    user.save()
    audited.send(sender=User, actor=user, action="site.first_administrator", target=user, detail={})
    return user
