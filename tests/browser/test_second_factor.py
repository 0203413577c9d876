"""A passkey from its making to a sign-in with it alone, on Chromium's virtual authenticator."""

from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator

from tests import builders
from tests.browser.sign_in_pages import add_passkey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_passkey_is_added_and_signs_in_without_a_password(visit):
    rosa = builders.researcher()
    page = visit("/accounts/2fa/webauthn/add/", user=rosa)
    page.fill("input[name=password]", builders.PASSWORD)
    page.click("main button.primary")
    add_passkey(page)
    assert page.locator(".codes li").count() == 10
    assert Authenticator.objects.filter(user=rosa, type="webauthn").count() == 1
    page.click("text=Sign out")
    page.click("main button.primary, main button")
    page.goto(page.url.split("/accounts")[0] + "/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(lambda address: urlsplit(address).path == "/")
    assert page.locator("text=rosa").count() == 1
