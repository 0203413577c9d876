"""A passkey from its making to a sign-in with it alone, on Chromium's virtual authenticator."""

from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator

from tests import builders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_added_and_signs_in_without_a_password(visit):
    rosa = builders.researcher()
    page = visit("/accounts/2fa/webauthn/add/", user=rosa)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.fill("input[name=password]", builders.PASSWORD)
    page.click("main button.primary")
    page.fill("input[name=name]", "laptop")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".codes li").count() == 10
    assert Authenticator.objects.filter(user=rosa, type="webauthn").count() == 1
    page.click("text=Sign out")
    page.click("main button.primary, main button")
    page.goto(page.url.split("/accounts")[0] + "/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(lambda address: urlsplit(address).path == "/")
    assert page.locator("text=rosa").count() == 1
