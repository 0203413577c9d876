"""Who sees behind the blinding has a second factor; codes and recovery codes work, and are kept sealed."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.urls import reverse

from assay.api.tokens import make_token
from tests import builders

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def required(settings):
    settings.STAFF_MFA = True


@pytest.mark.parametrize("address", ["/studies/", "/account/tokens/", "/prompts/", "/people/"])
def test_without_a_second_factor_no_page_of_staff_opens(client, researcher, required, address):
    client.force_login(researcher)
    assert client.get(address).headers["Location"] == reverse("mfa_index")
    TOTP.activate(researcher, SECRET)
    assert client.get(address).status_code in {200, 404}


def test_recovery_codes_alone_are_no_second_factor(client, researcher, required):
    RecoveryCodes.activate(researcher)
    client.force_login(researcher)
    assert client.get("/studies/").status_code == 302


def test_raters_need_none(client, rater, required):
    client.force_login(rater.user)
    assert client.get("/rate/").status_code == 200


def test_the_admin_is_behind_the_same_gate(client, required, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("root", "root@example.org", "x"))
    assert client.get("/admin/").headers["Location"] == reverse("mfa_index")


def test_an_app_is_set_up_with_a_code_and_gives_recovery_codes(client, researcher):
    client.post(reverse("account_login"), {"login": "rosa", "password": builders.PASSWORD})
    assert (
        client.get(reverse("mfa_activate_totp")).headers["Location"].startswith("/accounts/reauthenticate/")
    )
    client.post(reverse("account_reauthenticate"), {"password": builders.PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert "<svg" in page.text and "data:image" not in page.text
    done = client.post(reverse("mfa_activate_totp"), {"code": code(page.context["form"].secret)})
    assert done.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(done.headers["Location"]).text.count("<li><code>") == 10


def test_a_password_alone_opens_nothing_once_there_is_a_second_factor(client, researcher):
    TOTP.activate(researcher, SECRET)
    sign_in = {"login": "rosa@example.org", "password": builders.PASSWORD}
    assert client.post(reverse("account_login"), sign_in).headers["Location"] == reverse("mfa_authenticate")
    assert client.get("/studies/").status_code == 302
    before = client.session.session_key
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.get("/studies/").status_code == 200 and client.session.session_key != before


def test_a_recovery_code_opens_once(client, researcher):
    TOTP.activate(researcher, SECRET)
    spare = RecoveryCodes.activate(researcher).get_unused_codes()[0]
    for expected in (200, 302):
        client.post(reverse("account_login"), {"login": "rosa", "password": builders.PASSWORD})
        client.post(reverse("mfa_authenticate"), {"code": spare})
        assert client.get("/studies/").status_code == expected
        client.post(reverse("account_logout"))


def test_secrets_of_second_factors_do_not_lie_open_in_the_database(researcher):
    TOTP.activate(researcher, SECRET)
    assert SECRET not in str(Authenticator.objects.values_list("data", flat=True).get())


def test_tokens_are_made_behind_the_gate_and_work_without_a_session(client, researcher, required):
    secret = make_token(researcher, "t", ["read"], 1, None).secret
    assert client.get("/api/v1/studies", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
