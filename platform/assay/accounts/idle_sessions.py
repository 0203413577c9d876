"""Sessions of those who see behind the blinding end when left unused, and at the latest two weeks after they began.

Raters keep theirs: they see nothing but their own work, come back by a code, and may think long over a comparison.
"""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from assay.accounts.models import User
from assay.accounts.sign_in_audit import tell

# The API knows no sessions, and browsers report of any page.
UNCOUNTED = ("/api/", settings.POLICY_REPORTS)
USE = "use"  # in the session: when it began and when it was last used, both in seconds
NOTED_EVERY_S = 60  # so that not each page that is looked at writes a session


class IdleSessionsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = staff_of(request)
        if user is None:
            return self.get_response(request)
        now = int(time.time())
        began, used = request.session.get(USE, (now, 0))
        if used and is_over(began, used, now):
            return HttpResponse(status=401) if asked_by_page(request) else end(request, user)
        if now - used >= NOTED_EVERY_S and not asked_by_page(request):
            request.session[USE] = began, now
            UserSession.objects.create_from_request(request)
        return self.get_response(request)


def staff_of(request: HttpRequest) -> User | None:
    """Whose session it is, if it is one that ends when unused."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(UNCOUNTED):
        return None
    return request.user if isinstance(request.user, User) and request.user.plans_studies else None


def is_over(began: int, used: int, now: int) -> bool:
    return now - used > settings.SESSION_IDLE_MINUTES * 60 or now - began > settings.SESSION_COOKIE_AGE


def asked_by_page(request: HttpRequest) -> bool:
    """Whether an open page asked by itself, as live ones do: nobody need sit before it."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "empty"


def end(request: HttpRequest, user: User) -> HttpResponse:
    """The way to sign in, which leads back to the page that was asked for."""
    tell("session.timed_out", request, user, None)
    request.session.flush()
    request.user = AnonymousUser()
    messages.info(request, _("You were signed out because the session was not used for some time."))
    leads_back = request.method == "GET" and not request.path.startswith("/accounts/")
    return redirect_to_login(request.get_full_path() if leads_back else reverse("home"))
