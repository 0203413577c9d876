"""Those who see behind the blinding sign in with a second factor: without one, no other page opens for them."""

from collections.abc import Callable

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

# Where a factor is added, and the way out. The API knows no sessions; tokens are made behind this very gate. Browsers
# report of any page.
OPEN = ("/accounts/", "/api/", settings.POLICY_REPORTS)
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class SecondFactorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN) or not lacks_factor(request):
            return self.get_response(request)
        messages.info(request, _("Your role needs a second factor: add an authenticator app or a passkey."))
        return redirect("mfa_index")


def lacks_factor(request: HttpRequest) -> bool:
    user = request.user
    if not settings.STAFF_MFA or not user.is_authenticated or not user.plans_studies:
        return False
    return not get_adapter().is_mfa_enabled(user, types=FACTORS)
