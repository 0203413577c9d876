"""The page on which one of staff sees where they are signed in, and ends it there, one by one or all others."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.accounts.sign_in_audit import tell
from raters.access import researchers_only

# What a browser says of itself holds the names of those it descends from: the first that fits is its own.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def own_sessions(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        end_elsewhere(request, request.POST.get("session", ""))
        messages.info(request, _("Signed out there."))
        return redirect("own_sessions")
    found = UserSession.objects.purge_and_list(request.user)
    newest_first = sorted(found, key=lambda one: one.last_seen_at, reverse=True)
    rows = [{"session": one, "browser": browser_of(one.user_agent)} for one in newest_first]
    return render(request, "account/sessions.html", {"rows": rows})


def end_elsewhere(request: SignedInRequest, which: str) -> None:
    """Ends one of their other sessions, or all "others". This one ends by signing out. Raises: Http404 if none fits."""
    others = [one for one in UserSession.objects.filter(user=request.user) if not one.is_current()]
    chosen = [one for one in others if which in ("others", str(one.pk))]
    if not chosen and which != "others":
        raise Http404
    for one in chosen:
        one.end()
        tell("session.ended", request, request.user, request.user, browser=browser_of(one.user_agent))


def browser_of(user_agent: str) -> str:
    """In words, such as "Firefox · Linux"; empty where neither is known."""
    named = (next((words[mark] for mark in words if mark in user_agent), "") for words in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, named))
