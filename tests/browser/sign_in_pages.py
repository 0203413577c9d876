"""The pages around signing in, each with the session that it opens for: nobody's, half signed in, confirmed anew."""

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from assay.accounts import first_administrator
from tests import builders
from tests.browser.conftest import signed_in

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_in_pages(visit) -> dict[str, Client | None]:
    """On a site that has no administrator yet; `visit` lends the browser in which a passkey is made."""
    nils, keith = builders.researcher("nils"), builders.researcher("keith")
    ute = builders.researcher("ute")
    bare, holder = confirmed(nils), confirmed(keith)
    ute.set_unusable_password()
    ute.save()
    add_passkey(visit("/accounts/2fa/webauthn/add/", client=holder))
    TOTP.activate(keith, SECRET)
    RecoveryCodes.activate(keith)
    key = Authenticator.objects.get(user=keith, type="webauthn").pk
    half = Client()
    half.post(reverse("account_login"), {"login": "keith", "password": builders.PASSWORD})
    mail = EmailAddress.objects.create(user=nils, email="nils@example.net")
    to_new_password = f"{user_pk_to_url_str(nils)}-{default_token_generator.make_token(nils)}"
    return {
        first_administrator.link(""): None,
        "/accounts/login/": None,
        "/accounts/logout/": bare,
        "/accounts/signup/": None,
        "/accounts/inactive/": None,
        "/accounts/email/": bare,
        "/accounts/confirm-email/": None,
        f"/accounts/confirm-email/{EmailConfirmationHMAC(mail).key}/": None,
        "/accounts/confirm-email/spent/": None,
        "/accounts/password/change/": bare,
        "/accounts/password/set/": signed_in(ute),
        "/accounts/password/reset/": None,
        "/accounts/password/reset/done/": None,
        f"/accounts/password/reset/key/{to_new_password}/": None,
        "/accounts/password/reset/key/1-spent/": None,
        "/accounts/password/reset/key/done/": None,
        "/accounts/reauthenticate/": signed_in(nils),
        "/accounts/2fa/": holder,
        "/accounts/2fa/?none": bare,
        "/accounts/2fa/authenticate/": half,
        "/accounts/2fa/reauthenticate/": signed_in(keith),
        "/accounts/2fa/totp/activate/": bare,
        "/accounts/2fa/totp/deactivate/": holder,
        "/accounts/2fa/recovery-codes/": holder,
        "/accounts/2fa/recovery-codes/generate/": holder,
        "/accounts/2fa/webauthn/": holder,
        "/accounts/2fa/webauthn/?none": bare,
        "/accounts/2fa/webauthn/add/": bare,
        "/accounts/2fa/webauthn/reauthenticate/": signed_in(keith),
        f"/accounts/2fa/webauthn/keys/{key}/edit/": holder,
        f"/accounts/2fa/webauthn/keys/{key}/remove/": holder,
    }


def confirmed(user) -> Client:
    """Somebody signed in who has given the password again, as what follows asks."""
    client = signed_in(user)
    client.post(reverse("account_reauthenticate"), {"password": builders.PASSWORD})
    return client


def add_passkey(page) -> None:
    """Adds one that stands on Chromium's virtual authenticator, on the page that asks for its name."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.fill("input[name=name]", "laptop")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
