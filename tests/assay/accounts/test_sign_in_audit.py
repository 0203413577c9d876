"""The audit log tells of sign-ins, refusals, sign-outs, passwords, second factors, and keeps nothing that was typed."""

import json
import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.urls import reverse

from assay.accounts.models import AuditEvent, User
from raters.way_in import inviting
from tests import builders
from tests.assay.accounts.test_second_factor import SECRET, code

NEW = "a-newer-lantern-43"


@pytest.fixture(autouse=True)
def none_tried_before(db):
    cache.clear()


def events() -> list[tuple[str, str, str, dict]]:
    """Who, what, to whom, detail; the oldest first."""
    rows = AuditEvent.objects.select_related("actor").order_by("pk")
    return [(row.actor.username if row.actor else "", row.action, row.target, row.detail) for row in rows]


def sign_in(client, password=builders.PASSWORD, login="rosa") -> None:
    client.post(reverse("account_login"), {"login": login, "password": password})


def test_signing_in_and_out_are_told_with_the_way_and_the_address(client, researcher):
    sign_in(client)
    client.post(reverse("account_logout"))
    address = {"address": "127.0.0.1"}
    assert events() == [
        ("rosa", "person.signed_in", "rosa", {"by": "password", **address}),
        ("rosa", "person.signed_out", "rosa", address),
    ]


@pytest.mark.parametrize("login", ["rosa", "ROSA@example.org"])
def test_a_wrong_password_names_the_account_and_nobody_who_acted(client, researcher, login):
    sign_in(client, "wrong-wrong-wrong", login)
    assert events() == [("", "person.sign_in_refused", "rosa", {"by": "password", "address": "127.0.0.1"})]


def test_who_is_shut_out_is_refused(client, researcher):
    User.objects.update(is_active=False)
    sign_in(client)
    assert [event[1] for event in events()] == ["person.sign_in_refused"]


def test_nothing_that_was_typed_is_kept_of_an_unknown_account(client, researcher):
    sign_in(client, "hunter2-in-the-wrong-field", "my-password-by-mistake")
    [row] = AuditEvent.objects.values("actor", "action", "target", "target_id", "detail")
    assert (row["actor"], row["action"], row["target"], row["target_id"]) == (
        None,
        "person.sign_in_refused",
        "",
        "",
    )
    assert not re.search("hunter2|mistake", json.dumps(row))


def test_a_second_factor_is_told_added_used_and_removed(
    client, researcher, django_capture_on_commit_callbacks
):
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": builders.PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code(page.context["form"].secret)})
    client.post(reverse("mfa_deactivate_totp"))
    told = [(action, detail.get("kind")) for _, action, _, detail in events() if action.startswith("factor.")]
    added = [("factor.added", "totp"), ("factor.added", "recovery_codes")]
    assert told == [*added, ("factor.removed", "totp"), ("factor.removed", "recovery_codes")]


def test_a_wrong_code_is_refused_and_a_recovery_code_told_as_used(client, researcher):
    TOTP.activate(researcher, SECRET)
    spare = RecoveryCodes.activate(researcher).get_unused_codes()[0]
    sign_in(client)
    for typed in ("000000", spare):
        client.post(reverse("mfa_authenticate"), {"code": typed})
    told = [(actor, action, detail.get("by")) for actor, action, _, detail in events()]
    assert told == [
        ("", "person.sign_in_refused", "totp"),
        ("rosa", "recovery_code.used", None),
        ("rosa", "person.signed_in", "password, recovery_codes"),
    ]
    assert spare not in json.dumps(events())


def test_a_code_of_an_app_is_told_with_the_sign_in_and_by_itself_not_at_all(client, researcher):
    TOTP.activate(researcher, SECRET)
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code()})
    [(_, action, _, detail)] = events()
    assert (action, detail["by"]) == ("person.signed_in", "password, totp")


def test_a_password_changed_and_one_reset_by_mail_are_told(client, researcher, mailoutbox):
    sign_in(client)
    changed = {"oldpassword": builders.PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), changed)
    client.post(reverse("account_logout"))
    client.post(reverse("account_reset_password"), {"email": "rosa@example.org"})
    link = re.search(r"/accounts/password/reset/key/\S+", mailoutbox[-1].body)[0]
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW + "!", "password2": NEW + "!"})
    assert [action for _, action, _, _ in events() if action.startswith("password.")] == [
        "password.changed",
        "password.reset",
    ]


def test_a_rater_who_comes_back_by_code_is_told_without_an_address(client, study):
    rater = builders.rater(study)
    client.post(reverse("raters:come_back"), {"code": inviting.new_return_code(rater)})
    name = rater.user.username
    assert events()[-1] == (name, "person.signed_in", name, {"by": "code to come back"})


@pytest.mark.parametrize("typed", ["", "R234-5678", "2345-6789-ABCD-EFGH"])
def test_a_code_that_is_nobodys_is_told_as_refused_without_what_was_typed(client, study, typed):
    inviting.new_return_code(builders.rater(study))
    client.post(reverse("raters:come_back"), {"code": typed})
    assert events()[-1] == ("", "person.sign_in_refused", "", {"by": "code to come back"})
    told = AuditEvent.objects.get(action="person.sign_in_refused")
    assert (told.target_type, told.target_id) == ("accounts.user", "")


def test_the_code_of_a_rater_who_is_shut_out_is_told_as_refused(client, study):
    code = inviting.new_return_code(builders.rater(study))
    User.objects.update(is_active=False)
    assert client.post(reverse("raters:come_back"), {"code": code}).status_code == 422
    assert [event[1] for event in events()][-1:] == ["person.sign_in_refused"]


def test_the_log_shows_a_refusal_as_nobodys_act(client, researcher, django_user_model):
    sign_in(client, "wrong-wrong-wrong")
    client.force_login(django_user_model.objects.create_user("anna", role="administrator"))
    text = client.get(reverse("audit_log") + "?action=person.sign_in_refused").text
    assert "nobody signed in" in text and "127.0.0.1" in text
